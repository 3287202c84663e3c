import { type Json, parseJson } from '../../weights/json.ts';
import { visible } from '../../weights/visibleName.ts';
import type { CellModel, LogicModel } from './cellModel.ts';
import { inOrder } from './inOrder.ts';
import { constants, type FlipFlop, firstNet, type Gate, type Netlist, type NetlistFault, type NetlistPort } from './netlist.ts';

/**
 * Reads one module of a netlist as Yosys' `write_json` writes it (https://yosyshq.readthedocs.io, command `write_json`). Nothing in the
 * text is trusted: every cell must be one of the models, every net must have one driver, and gates must not form a loop.
 */
export function readNetlist(json: string, module: string, models: ReadonlyMap<string, CellModel>): Netlist | NetlistFault {
  const document = parseJson(json);
  if ('fault' in document) return { fault: `The netlist is no JSON: ${document.fault}` };
  try {
    return netlistOf(member(member(document.value, 'modules', 'the netlist'), module, 'the modules'), models);
  } catch (error) {
    // Ours is the only exception with this type; anything else is a bug and must surface.
    if (error instanceof NetlistError) return { fault: error.message };
    throw error;
  }
}

class NetlistError extends Error {}

function netlistOf(module: Json, models: ReadonlyMap<string, CellModel>): Netlist {
  const nets = new Nets();
  const inputs: NetlistPort[] = [];
  const outputs: NetlistPort[] = [];
  for (const [name, port] of members(member(module, 'ports', 'the module'), 'the ports')) {
    const at = `port ${visible(name)}`;
    const direction = member(port, 'direction', at);
    if (direction !== 'input' && direction !== 'output')
      throw new NetlistError(`The direction of ${at} is neither \`input\` nor \`output\``);
    const bits = list(member(port, 'bits', at), at).map((bit) => nets.of(bit, at));
    if (direction === 'input') for (const net of bits) nets.drive(net, at);
    (direction === 'input' ? inputs : outputs).push({ name, nets: bits });
  }
  const gates: Gate[] = [];
  const flipFlops: FlipFlop[] = [];
  for (const [name, cell] of members(member(module, 'cells', 'the module'), 'the cells')) {
    const at = `cell ${visible(name)}`;
    const type = member(cell, 'type', at);
    const model = typeof type === 'string' ? models.get(type) : undefined;
    if (!model) throw new NetlistError(`The ${at} is a ${visible(String(type))}, which the library does not have`);
    const connections = member(cell, 'connections', at);
    const pin = (pinName: string): number => pinOf(connections, pinName, at, nets);
    if (model.kind === 'logic') gates.push(gateOf(model, connections, at, nets));
    else flipFlops.push({ model, data: pin(model.data), clock: pin(model.clock), output: nets.drive(pin(model.output), at) });
  }
  nets.checkDriven();
  const ordered = inOrder(gates, nets.count);
  if (!ordered) throw new NetlistError('The gates of the netlist form a loop');
  return { inputs, outputs, gates: ordered, flipFlops, nNets: nets.count };
}

function gateOf(model: LogicModel, connections: Json, at: string, nets: Nets): Gate {
  const inputs = model.inputs.map((name) => pinOf(connections, name, at, nets));
  const outputs = model.outputs.map(({ pin: name }) => {
    const isUsed = connections instanceof Map && list(connections.get(name) ?? [], at).length > 0;
    return nets.drive(isUsed ? pinOf(connections, name, at, nets) : nets.fresh(), at);
  });
  return { model, inputs, outputs };
}

function pinOf(connections: Json, name: string, at: string, nets: Nets): number {
  const bits = list(member(connections, name, at), at);
  if (bits.length !== 1) throw new NetlistError(`Pin ${name} of ${at} has ${bits.length} nets instead of one`);
  return nets.of(bits[0]!, at);
}

/** The nets of a module by the number that Yosys gave them, numbered anew without gaps. */
class Nets {
  readonly #byNumber = new Map<number, number>();
  readonly #driver: (string | undefined)[] = ['0', '1'];
  readonly #user: (string | undefined)[] = [undefined, undefined];

  get count(): number {
    return this.#driver.length;
  }

  of(bit: Json, user: string): number {
    if (bit === '0') return constants.zero;
    if (bit === '1') return constants.one;
    if (typeof bit !== 'number') throw new NetlistError(`A net of ${user} is ${visible(String(bit))}: it has no value`);
    const known = this.#byNumber.get(bit);
    if (known !== undefined) return known;
    const net = this.fresh();
    this.#user[net] = user;
    this.#byNumber.set(bit, net);
    return net;
  }

  fresh(): number {
    this.#user.push(undefined);
    return this.#driver.push(undefined) - 1;
  }

  drive(net: number, driver: string): number {
    const other = this.#driver[net];
    if (other !== undefined)
      throw new NetlistError(`A net is driven by both ${net < firstNet ? `the constant ${other}` : other} and ${driver}`);
    this.#driver[net] = driver;
    return net;
  }

  checkDriven(): void {
    const net = this.#driver.indexOf(undefined);
    if (net >= 0) throw new NetlistError(`A net of ${this.#user[net] ?? 'the module'} has no driver`);
  }
}

function members(json: Json, what: string): ReadonlyMap<string, Json> {
  if (json instanceof Map) return json;
  throw new NetlistError(`Expected ${what} of the netlist to be an object`);
}

function member(json: Json, name: string, of: string): Json {
  const found = members(json, of).get(name);
  if (found === undefined) throw new NetlistError(`There is no \`${visible(name)}\` in ${of}`);
  return found;
}

function list(json: Json, of: string): readonly Json[] {
  if (Array.isArray(json)) return json;
  throw new NetlistError(`The nets of ${of} are no list`);
}
