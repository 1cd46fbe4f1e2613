// SPDX-License-Identifier: MPL-2.0
// Connects, sends and closes again and again in gjs, and looks at what stays.
//
//     gjs -m cycles.js COUNT
//
// A third of the pairs is closed, the others are dropped, for the garbage collection to find.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';

import {Pair, next, run, turn} from './floe-pair.js';

// What the allocator, the compiler and the caches of the libraries below take while they warm up.
const WARM_UP = 15;
// Resident memory moves by this much for reasons of its own, and by this much more a cycle as the
// heap is cut up; a pair has 300 KiB.
const SLACK_KIB = 6144;
const SLACK_KIB_PER_CYCLE = 10;
// A pair that lives has six and more.
const SLACK_DESCRIPTORS = 3;
const LIMIT_US = 60e6;

function residentKib() {
    const [, bytes] = GLib.file_get_contents('/proc/self/statm');
    return Number(new TextDecoder().decode(bytes).split(' ')[1]) * 4;
}

function descriptors() {
    const folder = Gio.File.new_for_path('/proc/self/fd');
    const found = folder.enumerate_children('standard::name', Gio.FileQueryInfoFlags.NONE, null);
    let count = 0;
    while (found.next_file(null))
        count++;
    found.close(null);
    return count;
}

async function cycle(number) {
    const pair = await new Pair().meet();

    const text = next(pair.theirs, 'message-text');
    const bytes = next(pair.channel, 'message-bytes');
    pair.channel.send_text(`text ${number}`);
    pair.theirs.send_bytes(new GLib.Bytes(new Uint8Array(1000).fill(number % 256)));
    if ((await text)[0] !== `text ${number}`)
        throw new Error('another text');
    if ((await bytes)[0].get_size() !== 1000)
        throw new Error('other bytes');
    if (number % 3 === 0)
        pair.close();
}

async function settle() {
    for (let i = 0; i < 2; i++) {
        System.gc();
        await turn();
    }
}

run(async () => {
    const count = Number(ARGV[0]);
    let before = null;

    for (let number = 0; number < count + WARM_UP; number++) {
        await cycle(number);
        await settle();
        if (number === WARM_UP - 1)
            before = {kib: residentKib(), descriptors: descriptors()};
    }
    const limit = GLib.get_monotonic_time() + LIMIT_US;
    const most = before.descriptors + SLACK_DESCRIPTORS;
    while (descriptors() > most && GLib.get_monotonic_time() < limit) {
        await settle();
        await turn(10);
    }
    const grown = residentKib() - before.kib;
    print(`${count} cycles, ${grown} KiB grown, ${before.descriptors} descriptors before, ` +
        `${descriptors()} after`);
    if (descriptors() > most)
        throw new Error('descriptors stay open: connections that nobody holds are still there');
    if (grown > SLACK_KIB + SLACK_KIB_PER_CYCLE * count)
        throw new Error(`${grown} KiB more than after ${WARM_UP} cycles`);
});
