// A board of waves. Every word comes as data and is set as text, never as markup. A card is picked up by dragging it, or
// by Enter; what each wave would come to then stands in its column before anything is dropped.

const make = (tag, name, text) => {
  const element = document.createElement(tag)
  element.className = name
  if (text !== undefined) element.textContent = text
  return element
}

const boards = new WeakMap()

function card(board, column, item) {
  const element = make("button", "card")
  element.type = "button"
  element.draggable = true
  element.dataset.group = item.group
  element.style.borderInlineStartColor = item.colour
  element.append(make("span", "name", item.title), make("span", "facts", item.facts))
  if (item.marks) element.append(make("span", "facts", item.marks))
  element.onclick = () => board.pick(board.picked === item.group ? "" : item.group)
  element.onkeydown = (event) => board.step(event, column.wave)
  element.ondragstart = (event) => {
    event.dataTransfer.setData("text/plain", item.group)
    event.dataTransfer.effectAllowed = "move"
    board.dragged = item.group
    board.pick(item.group)
  }
  element.ondragend = () => {
    board.dragged = ""
    board.root.querySelectorAll(".over").forEach((over) => over.classList.remove("over"))
  }
  return element
}

function pager(board, column) {
  const row = make("div", "pager")
  const turn = (label, symbol, page) => {
    const button = make("button", "turn", symbol)
    button.type = "button"
    button.disabled = page < 1 || page > column.pages
    button.setAttribute("aria-label", `${label}, ${column.title}`)
    button.onclick = () => board.send("paged", { wave: column.wave, page })
    return button
  }
  row.append(
    turn(board.words.former, "‹", column.page - 1),
    make("span", "facts", `${column.page} / ${column.pages}`),
    turn(board.words.next, "›", column.page + 1),
  )
  return row
}

function lane(board, column) {
  const element = make("section", "lane")
  element.setAttribute("aria-label", column.title)
  const head = make("header", "head")
  head.append(make("h4", "title", column.title), make("span", "facts", column.dates))
  const bar = make("div", "bar")
  const fill = make("div", "fill")
  fill.style.width = `${Math.min(100, column.full)}%`
  fill.classList.toggle("above", column.full > 100)
  bar.append(fill)
  head.append(bar, make("span", "facts", column.facts))
  const drop = make("button", "drop")
  drop.type = "button"
  drop.hidden = true
  drop.dataset.wave = column.wave
  drop.onclick = () => board.drop(column.wave)
  drop.onkeydown = (event) => board.step(event, column.wave)
  const cards = make("div", "cards")
  cards.append(...column.cards.map((item) => card(board, column, item)))
  if (!column.cards.length) cards.append(make("span", "facts", board.words.empty))
  element.append(head, drop, cards)
  if (column.pages > 1) element.append(pager(board, column))
  element.ondragover = (event) => {
    if (!board.dragged) return
    event.preventDefault()
    event.dataTransfer.dropEffect = "move"
    element.classList.add("over")
  }
  element.ondragleave = (event) => {
    if (!element.contains(event.relatedTarget)) element.classList.remove("over")
  }
  element.ondrop = (event) => {
    event.preventDefault()
    board.dragged = ""
    board.drop(column.wave)
  }
  return element
}

class Board {
  constructor(root) {
    this.root = root
    this.drawn = ""
    this.picked = ""
    this.dragged = ""
    this.drops = new Map()
  }

  take(data, send) {
    this.send = send
    this.words = data.words
    const drawn = JSON.stringify([data.columns, data.words])
    if (drawn !== this.drawn) {
      const kept = this.root.querySelector(".lanes")?.scrollLeft ?? 0
      const lanes = make("div", "lanes")
      lanes.append(...data.columns.map((column) => lane(this, column)))
      const said = make("p", "said")
      said.setAttribute("aria-live", "polite")
      this.root.replaceChildren(said, lanes)
      lanes.scrollLeft = kept
      this.drawn = drawn
    }
    this.show(data.picked)
  }

  show(picked) {
    this.picked = picked?.group ?? ""
    this.from = picked?.wave ?? 0
    this.drops = new Map((picked?.drops ?? []).map((drop) => [drop.wave, drop]))
    this.root.querySelector(".said").textContent = picked?.said ?? this.words.how
    this.root.querySelectorAll(".card").forEach((element) => {
      const mine = element.dataset.group === this.picked
      element.classList.toggle("picked", mine)
      element.setAttribute("aria-pressed", String(mine))
    })
    this.root.querySelectorAll(".drop").forEach((element) => {
      const drop = this.drops.get(Number(element.dataset.wave))
      element.hidden = !drop || drop.wave === this.from
      if (!drop) return
      element.classList.toggle("breaks", drop.breaks)
      element.replaceChildren(make("span", "name", drop.title), ...drop.lines.map((line) => make("span", "facts", line)))
    })
  }

  pick(group) {
    this.send("picked", group)
  }

  drop(wave) {
    if (!this.drops.has(wave) || wave === this.from) return
    this.send("dropped", { group: this.picked, wave })
  }

  step(event, wave) {
    if (event.key === "Escape" && this.picked) {
      event.preventDefault()
      const home = this.root.querySelector(".card.picked")
      this.pick("")
      home?.focus()
    }
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!way || !this.picked) return
    event.preventDefault()
    const open = [...this.root.querySelectorAll(".drop:not([hidden])")]
    const waves = open.map((element) => Number(element.dataset.wave))
    const next = way > 0 ? waves.find((one) => one > wave) : waves.findLast((one) => one < wave)
    const target = open[waves.indexOf(next)]
    target?.focus()
    target?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component
  const root = parentElement.querySelector(".board")
  if (!root || !data) return
  if (!boards.has(root)) boards.set(root, new Board(root))
  boards.get(root).take(data, setTriggerValue)
}
