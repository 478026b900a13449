// Buttons are kept from one update to the next, so that focus and scroll stay where they are.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".cards");
  box.className = "cards " + (data.wide ? "wide" : "grid");
  box.setAttribute("aria-label", data.label);
  while (box.children.length > data.cards.length) box.lastChild.remove();
  data.cards.forEach((card, place) => {
    const button = box.children[place] ?? box.appendChild(made());
    button.onclick = () => setTriggerValue("pick", card.name);
    button.title = card.about;
    button.setAttribute("aria-pressed", String(card.chosen));
    button.classList.toggle("active", card.active);
    button.querySelector(".name").textContent = card.label;
    button.querySelector(".mark").style.display = card.chosen ? "" : "none";
    const picture = button.querySelector(".picture");
    picture.parentElement.classList.toggle("empty", card.picture === null);
    if (card.picture) { if (picture.getAttribute("src") !== card.picture) picture.src = card.picture; }
    else picture.removeAttribute("src");
  });
}

function made() {
  const button = document.createElement("button");
  button.type = "button";
  button.innerHTML = '<span class="frame"><img class="picture" alt="" draggable="false"></span><span class="name"></span><span class="mark" aria-hidden="true">✓</span>';
  return button;
}
