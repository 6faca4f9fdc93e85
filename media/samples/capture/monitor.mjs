/** The guard beside a session: watching it from outside, or enforced as in the gateway. */

/** One guard per server and one agent for all of them, as in the gateway. `lookUp(server, tool, args)` is the guards' own way to the backend. */
export class Monitor {
  #product;
  #guards;
  #policy;
  #lookUp;
  #modes = new Map();
  #labelsAnswer = false;
  agent;

  constructor(product, guards, policy, lookUp) {
    this.#product = product;
    this.#guards = guards;
    this.#policy = policy;
    this.#lookUp = lookUp;
    this.agent = product.emptyAgent;
  }

  /** What the guard says to a call before it is made, whether that lets it happen or not; `heard(record)` gets each entry into the guard. */
  async watchCall(server, tool, args, heard) {
    const mode = await this.#start(server, heard);
    const { value, calls } = await this.#guards[server].labelResource(tool, args, this.#context(server));
    calls.forEach(heard);
    this.#labelsAnswer = value !== null && this.#product.shouldCallLabelResponse(value.operation, mode);
  }

  /** What it says to the answer, where the gateway would ask it. */
  async watchAnswer(server, tool, args, result, heard) {
    if (!this.#labelsAnswer) return;
    const { calls } = await this.#guards[server].labelResponse(tool, args, result, this.#context(server));
    calls.forEach(heard);
  }

  /** Runs the call through the reference monitor; `call()` is made only when it may. Returns what was decided; `heard` as above. */
  async enforce(server, tool, args, call, heard) {
    const { runPipeline, dispatchQuestion } = this.#product;
    const guard = this.#guards[server];
    const context = this.#context(server);
    const mode = await this.#start(server, heard);
    const handlers = {
      labelResource: (question) => answered(guard.labelResource(question.tool, question.args, context), heard),
      callBackend: async () => ({ ok: true, value: await call() }),
      labelResponse: (question) =>
        answered(guard.labelResponse(question.tool, question.args, question.result, context), heard, true),
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

async function answered(answer, heard, mayBeNull = false) {
  const { value, error, calls } = await answer;
  calls.forEach(heard);
  return error === null && (value !== null || mayBeNull) ? { ok: true, value } : { ok: false, error };
}
