// Acts of a page's own components. Of what a component tells while the server is at work only the last
// would come through: so all that is not answered yet is told again with the next, in order.
function tell(setTriggerValue, data, to, wish) {
  const acts = (window.brushreelActs ??= { last: 0, open: [] });
  heard(data);
  acts.last = Math.max(acts.last + 1, Date.now());
  acts.open.push({ number: acts.last, to, wish });
  setTriggerValue("act", { session: acts.session, acts: acts.open });
}

// Takes what the server has done off the list, and all of it once another session has begun there.
function heard(data) {
  const acts = (window.brushreelActs ??= { last: 0, open: [] });
  const { session, done } = data.acts;
  if (acts.session !== session) { acts.session = session; acts.open = []; }
  acts.open = acts.open.filter((act) => act.number > done);
}
