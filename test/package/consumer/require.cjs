const { CleverClient, cleverSource, definePolicy, reconcile, RosterError, RosterSync } = require('rosterkit');
const engine = require('rosterkit/engine');
const { MemoryStore } = require('rosterkit/memory');
const { generateDistrict, simulateClever } = require('rosterkit/testing');

async function main() {
  const scope = { tenant: 'district-1' };
  const clever = await simulateClever(generateDistrict({ seed: 1 }), { token: 'secret' });
  const connection = { baseUrl: clever.url, allowInsecureHosts: [clever.host], minRetryDelayMs: 0 };
  try {
    const source = cleverSource(new CleverClient({ ...connection, token: 'secret' }));
    const store = new MemoryStore();
    const [roster, local] = [await source.read(scope), await store.load(scope)];
    const plan = reconcile({ roster, local, policy: definePolicy({ fullData: true }), now: new Date() });
    clever.fail({ status: 503 });
    const run = await new RosterSync({ source, store, scope, policy: { fullData: true } }).run();
    const again = await new RosterSync({ source, store, scope, policy: { fullData: true } }).plan();
    const refusal = await new CleverClient({ ...connection, token: 'wrong' }).schools
      .list()
      .toArray()
      .catch((error) => error);
    const isRight =
      engine.reconcile === reconcile &&
      plan.counts.changes > 0 &&
      run.outcome === 'applied' &&
      run.applied === plan.counts.changes &&
      again.counts.changes === 0 &&
      RosterError.isInstance(refusal) &&
      refusal.code === 'authentication';
    console.log(isRight ? 'ok' : JSON.stringify({ plan: plan.counts, run, again: again.counts, refusal }));
  } finally {
    await clever.close();
  }
}

main();
