// Stands in for the notebook around a widget: the model that anywidget hands to render(), connected to the real Python
// widget through two functions that the test exposes, `setInPython(name, value)` and `sendToPython(message)`.

class Model {
  constructor(state) {
    this.state = state;
    this.changed = new Map();
    this.listeners = [];
  }
  get(name) {
    return this.state[name];
  }
  set(name, value) {
    if (this.state[name] === value) return;
    this.changed.set(name, value);
    this.update({ [name]: value });
  }
  save_changes() {
    for (const [name, value] of this.changed) window.setInPython(name, value).then((state) => this.update(state));
    this.changed.clear();
  }
  send(message) {
    window.sendToPython(message).then((state) => this.update(state));
  }
  on(event, listener) {
    this.listeners.push([event, listener]);
  }
  off(event, listener) {
    this.listeners = this.listeners.filter(([e, l]) => e !== event || l !== listener);
  }
  update(state) {
    for (const [name, value] of Object.entries(state)) {
      if (JSON.stringify(this.state[name]) === JSON.stringify(value)) continue;
      this.state[name] = value;
      for (const [event, listener] of this.listeners) if (event === `change:${name}`) listener();
    }
  }
}

async function mount({ esm, css, state }) {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const module = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  window.model = new Model(state);
  window.cleanUp = await module.default.render({ model: window.model, el: document.getElementById("cell") });
}

window.mount = mount;
