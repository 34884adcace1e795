// A formula wider than its page scrolls: then the keyboard has to reach it. (The theme does the same for code and tables.)

function reachFormulas() {
  for (const formula of document.querySelectorAll("mjx-container[display]")) {
    const isWider = formula.scrollWidth > formula.clientWidth || formula.scrollHeight > formula.clientHeight;
    if (isWider) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
}

window.addEventListener("load", () => window.MathJax?.startup?.promise?.then(reachFormulas));
window.addEventListener("resize", reachFormulas);
