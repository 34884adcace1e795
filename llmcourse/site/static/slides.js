// Starts reveal.js once the formulas are set, and makes a slide that is too full a little smaller.

const SMALLEST = 0.7; // of the size meant: below it the last row cannot read, and the slide scrolls instead

function fit(slide) {
  if (!slide || slide.dataset.fitted) return;
  let size = 1;
  while (slide.scrollHeight > slide.clientHeight + 1 && size > SMALLEST) {
    size -= 0.05;
    for (const part of slide.children) part.style.zoom = size;
  }
  const isFull = slide.scrollHeight > slide.clientHeight + 1;
  slide.classList.toggle("scrolls", isFull);
  if (isFull) slide.tabIndex = 0; // so that the keyboard scrolls it
  slide.dataset.fitted = size.toFixed(2);
}

function start() {
  const deck = new Reveal({
    width: 1280, height: 720, margin: 0.02, center: false, hash: true, slideNumber: "c/t", transition: "none",
    navigationMode: "linear", // one key goes through all of them, sub-slides too
    plugins: [RevealNotes],
  });
  deck.initialize().then(() => fit(deck.getCurrentSlide()));
  deck.on("slidechanged", (event) => fit(event.currentSlide));
  window.deck = deck; // for whoever looks from the console
}

window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"], ["\\[", "\\]"]] },
  options: { enableMenu: false, skipHtmlTags: ["script", "noscript", "style", "textarea", "pre", "code", "aside"] },
  startup: { pageReady: () => MathJax.startup.defaultPageReady().then(start) },
};
