const FOLDER = "M1 3h5l1.5 2H15v8H1z", FILM = "M1 3h14v10H1zM3 5v1.5h1.5V5zm0 4.5V11h1.5V9.500zM11.500 5v1.500H13V5zm0 4.500V11H13V9.500z";

export default function ({ parentElement, data, setTriggerValue }) {
  const find = (name) => parentElement.querySelector("." + name);
  const act = (wish) => setTriggerValue("act", wish);
  const list = find("list"), take = find("take");
  const chosen = new Set();
  find("path").querySelector("span").textContent = '\u200e' + data.folder + '\u200e';
  find("up").onclick = () => act({ kind: "up" });
  find("up").disabled = data.root;
  find("places").replaceChildren(...data.places.map((name) => {
    const button = document.createElement("button");
    button.textContent = name; button.onclick = () => act({ kind: "place", name });
    return button;
  }));
  const tell = () => {
    take.disabled = !chosen.size;
    take.textContent = chosen.size > 1 ? `Open ${chosen.size} videos` : "Open";
    find("word").textContent = data.left_out ? `${data.left_out} more are not listed; paste the path.` : "";
  };
  take.onclick = () => act({ kind: "take", names: [...chosen] });
  list.replaceChildren(...(data.entries.length ? data.entries.map(row) : [none()]));
  tell();

  function row(entry) {
    const item = document.createElement("li");
    item.tabIndex = 0; item.setAttribute("role", "option"); item.setAttribute("aria-selected", "false");
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    icon.setAttribute("viewBox", "0 0 16 16");
    const path = icon.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    path.setAttribute("d", entry.folder ? FOLDER : FILM); path.setAttribute("fill-rule", "evenodd");
    const name = document.createElement("span"), size = document.createElement("span");
    name.className = "name"; name.textContent = entry.name;
    size.className = "size"; size.textContent = entry.size;
    item.append(icon, name, size);
    item.onclick = () => {
      if (entry.folder) { act({ kind: "enter", names: [entry.name] }); return; }
      chosen.has(entry.name) ? chosen.delete(entry.name) : chosen.add(entry.name);
      item.setAttribute("aria-selected", String(chosen.has(entry.name)));
      tell();
    };
    item.ondblclick = () => { if (!entry.folder) act({ kind: "take", names: [entry.name] }); };
    item.onkeydown = (event) => {
      if (event.key === " " || event.key === "Enter") { event.preventDefault(); event.stopPropagation(); item.onclick(); }
      if (event.key === "ArrowDown") { event.preventDefault(); item.nextElementSibling?.focus(); }
      if (event.key === "ArrowUp") { event.preventDefault(); item.previousElementSibling?.focus(); }
    };
    return item;
  }

  function none() {
    const item = document.createElement("li");
    item.className = "none"; item.textContent = "No videos or folders here.";
    return item;
  }
}
