// SPDX-License-Identifier: MPL-2.0
// Two connections in this process, and what tests in gjs need besides.

import Floe from 'gi://Floe?version=1.0';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';

for (const name of ['create_offer', 'create_answer', 'set_local_description',
    'set_remote_description', 'add_ice_candidate', 'update_metrics'])
    Gio._promisify(Floe.PeerConnection.prototype, `${name}_async`, `${name}_finish`);
Gio._promisify(Floe.NatDiscovery.prototype, 'run_async', 'run_finish');

// Generous: it is reached only when something never comes.
const LIMIT_S = 60;

export function localConfiguration(more = {}) {
    return new Floe.Configuration({includeLoopback: true, interfaces: ['lo'], ...more});
}

// When the object's signal comes next, what comes with it.
export function next(object, signal) {
    return new Promise((resolve, reject) => {
        const late = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, LIMIT_S, () => {
            reject(new Error(`no ${signal} within ${LIMIT_S} s`));
            return GLib.SOURCE_REMOVE;
        });
        const id = object.connect(signal, (_object, ...given) => {
            GLib.source_remove(late);
            object.disconnect(id);
            resolve(given);
        });
    });
}

// Lets the main loop have a turn.
export function turn(ms = 0) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_LOW, ms, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

export class Pair {
    constructor(more = {}) {
        this.alice = new Floe.PeerConnection({configuration: localConfiguration(more)});
        this.bob = new Floe.PeerConnection({configuration: localConfiguration()});
        this.channel = this.alice.create_data_channel('test', null);
        for (const [from, to] of [[this.alice, this.bob], [this.bob, this.alice]]) {
            from.connect('ice-candidate', (_from, candidate) => {
                to.add_ice_candidate_async(candidate, null).catch(() => {});
            });
        }
    }

    async meet() {
        const isOpen = next(this.channel, 'open');
        const isThere = next(this.bob, 'data-channel');
        await this.alice.set_local_description_async(null, null);
        await this.bob.set_remote_description_async(this.alice.get_local_description(), null);
        await this.bob.set_local_description_async(null, null);
        await this.alice.set_remote_description_async(this.bob.get_local_description(), null);
        [this.theirs] = await isThere;
        await isOpen;
        return this;
    }

    close() {
        this.alice.close();
        this.bob.close();
    }
}

// Runs a main loop until the function's promise is kept; its failure is this program's.
export function run(main) {
    const loop = new GLib.MainLoop(null, false);
    let failure = null;

    // Not before the loop runs: gjs 1.74 settles promises in the loop's turns.
    GLib.idle_add(GLib.PRIORITY_DEFAULT, () => {
        main().catch(error => {
            failure = error;
        }).finally(() => loop.quit());
        return GLib.SOURCE_REMOVE;
    });
    loop.run();
    if (failure)
        throw failure;
}
