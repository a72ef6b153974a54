// The switchboard of faults: what is switched on at the stand-ins, by the names that the page shows.

import { FAULT_GROUPS, type FaultSwitch, type SwitchText } from './page-fault-switches.js';
import { type Fault as TelegramFault, parseFault } from './telegram/faults.js';
import type { World } from './world.js';

export interface FaultView extends SwitchText {
  /** The heading that it stands under. */
  group: string;
  isOn: boolean;
}

export interface FaultBoard {
  list(): FaultView[];
  /** Safe to repeat. @returns false when there is no such switch */
  set(id: string, isOn: boolean): boolean;
  /** Ends every fault. */
  clear(): void;
}

const SWITCHES = Object.values(FAULT_GROUPS).flat();

function methodOf(fault: TelegramFault): string | undefined {
  return 'method' in fault ? fault.method : undefined;
}

function isSame(one: TelegramFault, other: TelegramFault): boolean {
  return one.kind === other.kind && methodOf(one) === methodOf(other);
}

/** The switches of a world, all of them off. */
export function createFaultBoard({ pixverse, telegram }: World): FaultBoard {
  /** Ids of the faults at PixVerse, by switch. */
  const added = new Map<string, string[]>();

  function isOn(one: FaultSwitch): boolean {
    if (one.service === 'telegram') {
      const active = telegram.faults.list();
      return one.faults.some((fault) => active.some((other) => isSame(fault, other)));
    }
    const ids = pixverse.faults.list().map((fault) => fault.id);
    return (added.get(one.id) ?? []).some((id) => ids.includes(id));
  }

  function switchOn(one: FaultSwitch): void {
    if (one.service === 'pixverse') {
      added.set(
        one.id,
        one.faults.map((fault) => pixverse.faults.add(fault)),
      );
      return;
    }
    for (const fault of one.faults) {
      const parsed = parseFault(fault);
      if (typeof parsed === 'string') throw new Error(parsed);
      telegram.faults.add(parsed);
    }
  }

  function switchOff(one: FaultSwitch): void {
    if (one.service === 'telegram') {
      for (const fault of one.faults) telegram.faults.clear(fault.kind, methodOf(fault));
      return;
    }
    for (const id of added.get(one.id) ?? []) pixverse.faults.remove(id);
    added.delete(one.id);
  }

  return {
    list: () =>
      Object.entries(FAULT_GROUPS).flatMap(([group, switches]) =>
        switches.map((one) => {
          const { id, name, about, isOnce } = one;
          return { id, group, name, about, ...(isOnce && { isOnce }), isOn: isOn(one) };
        }),
      ),
    set: (id, wanted) => {
      const one = SWITCHES.find((candidate) => candidate.id === id);
      if (one === undefined) return false;
      if (isOn(one) !== wanted) (wanted ? switchOn : switchOff)(one);
      return true;
    },
    clear: () => {
      pixverse.faults.clear();
      telegram.faults.clear();
      added.clear();
    },
  };
}
