/** The guard beside a session: watching it from outside, or enforced as in the gateway. */

/** One guard per server and one agent for all of them, as in the gateway. `lookUp(server, tool, args)` is the guards' own way to the backend. */
export class Monitor {
  #product;
  #guards;
  #policy;
  #lookUp;
  #modes = new Map();
  agent;

  constructor(product, guards, policy, lookUp) {
    this.#product = product;
    this.#guards = guards;
    this.#policy = policy;
    this.#lookUp = lookUp;
    this.agent = product.emptyAgent;
  }

  /** Lets the call happen whatever the guard says; `call()` makes it, `heard(record)` gets each entry into the guard. */
  async watch(server, tool, args, call, heard) {
    const guard = this.#guards[server];
    const context = this.#context(server);
    const mode = await this.#start(server, heard);
    const labeled = await guard.labelResource(tool, args, context);
    labeled.calls.forEach(heard);
    const result = await call();
    if (labeled.value === null || !this.#product.shouldCallLabelResponse(labeled.value.operation, mode)) return;
    const response = await guard.labelResponse(tool, args, result, context);
    response.calls.forEach(heard);
  }

  /** Runs the call through the reference monitor; `call()` is made only when it may. Returns what was decided. */
  async enforce(server, tool, args, call) {
    const { runPipeline, dispatchQuestion } = this.#product;
    const guard = this.#guards[server];
    const context = this.#context(server);
    const mode = await this.#start(server, () => {});
    const handlers = {
      labelResource: (question) => answered(guard.labelResource(question.tool, question.args, context)),
      callBackend: async () => ({ ok: true, value: await call() }),
      labelResponse: (question) =>
        answered(guard.labelResponse(question.tool, question.args, question.result, context), true),
    };
    const pipeline = runPipeline({ server, tool, args, agentId: 'support-assistant', mode }, this.agent);
    let step = pipeline.next();
    while (!step.done) step = pipeline.next(await dispatchQuestion(step.value, handlers));
    this.agent = step.value.agentAfter;
    return step.value;
  }

  /** `label_agent` runs at the first call to a server, and its answer holds from then on. */
  async #start(server, heard) {
    const known = this.#modes.get(server);
    if (known !== undefined) return known;
    const { value, error, calls } = await this.#guards[server].labelAgent(this.#policy, this.#context(server));
    calls.forEach(heard);
    if (value === null) throw new Error(`label_agent failed: ${error}`);
    this.agent = this.#product.addAgentTags(this.agent, value.agent);
    this.#modes.set(server, value.mode);
    return value.mode;
  }

  #context(server) {
    return {
      backend: { kind: 'live', ask: async (tool, args) => ({ result: await this.#lookUp(server, tool, args) }) },
    };
  }
}

async function answered(answer, mayBeNull = false) {
  const { value, error } = await answer;
  return error === null && (value !== null || mayBeNull) ? { ok: true, value } : { ok: false, error };
}
