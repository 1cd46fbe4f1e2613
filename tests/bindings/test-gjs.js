// SPDX-License-Identifier: MPL-2.0
// What JavaScript sees: promises, signals, boxed types, bytes, errors by their codes.

import Floe from 'gi://Floe?version=1.0';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';

import {Pair, localConfiguration, next, run, turn} from './floe-pair.js';

const CANDIDATE = 'candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host';

function same(got, wanted, what = '') {
    const [one, other] = [got, wanted].map(value => JSON.stringify(value));
    if (one !== other)
        throw new Error(`${what} ${one}, not ${other}`);
}

async function failsWith(code, attempt) {
    try {
        await attempt();
    } catch (error) {
        if (!(error instanceof GLib.Error) || !error.matches(Floe.Error, code))
            throw error;
        return;
    }
    throw new Error(`no error with ${code}`);
}

function refuses(attempt) {
    try {
        attempt();
    } catch (error) {
        if (error instanceof TypeError || /may not be null|Expected/.test(error.message))
            return;
        throw error;
    }
    throw new Error('taken');
}

const tests = {
    'connections are made with properties by name': async () => {
        const context = GLib.MainContext.default();
        const configuration = localConfiguration({strategy: Floe.Strategy.DIRECT_FAST});
        const connection = new Floe.PeerConnection({configuration, mainContext: context});
        same(connection.init(null), true);
        same(connection.configuration === configuration, true);
        same(configuration.strategy, Floe.Strategy.DIRECT_FAST);
        same(configuration.interfaces, ['lo']);
        same(connection.main_context instanceof GLib.MainContext, true);
        same(connection.get_main_context() instanceof GLib.MainContext, true);
        connection.close();
        await failsWith(Floe.Error.INVALID_STATE, () => connection.create_offer_async(null));
    },

    'signals bring what is documented': async () => {
        const pair = new Pair();
        const told = {};
        for (const name of ['ice-candidate', 'path-changed', 'metrics', 'negotiation-needed']) {
            told[name] = [];
            pair.alice.connect(name, (_alice, ...given) => told[name].push(...given));
        }
        pair.alice.connect('filter-candidate', (_alice, candidate, isLocal) => {
            told.filter = [candidate.constructor.name, typeof isLocal];
            return true;
        });
        const states = [];
        pair.alice.connect('notify::connection-state',
            alice => states.push(alice.connection_state));
        await next(pair.alice, 'negotiation-needed');
        await pair.meet();
        while (!told['ice-candidate'].includes(null) || !told['path-changed'].length)
            await turn(1);
        same(told['ice-candidate'][0] instanceof Floe.IceCandidate, true);
        same(told.filter, ['Floe_IceCandidate', 'boolean']);
        const [event] = told['path-changed'];
        same(event.get_from(), null);
        same(event.get_reason(), Floe.PathReason.FIRST);
        same(event.get_to().get_local().get_protocol(), Floe.IceProtocol.UDP);
        const metrics = await pair.alice.update_metrics_async(null);
        same(metrics.get_paths()[0].get_path_type(), Floe.PathType.DIRECT);
        same(JSON.parse(metrics.to_json()).paths[0].type, 'direct');
        same(states, [Floe.PeerConnectionState.CONNECTING, Floe.PeerConnectionState.CONNECTED]);
        pair.close();
    },

    'messages arrive as they were sent': async () => {
        const pair = await new Pair().meet();
        const got = [];
        pair.theirs.connect('message-text', (_channel, text) => got.push(text));
        pair.theirs.connect('message-bytes', (_channel, bytes) => got.push(bytes));
        const large = new Uint8Array(256 * 1024).map((_, i) => i * 31);
        pair.channel.send_text('żółw 🐢');
        pair.channel.send_text('');
        pair.channel.send_bytes(new GLib.Bytes([]));
        pair.channel.send_bytes(new GLib.Bytes([0, 255, 254, 128]));
        pair.channel.send_bytes(new GLib.Bytes(large));
        while (got.length < 5)
            await turn(1);
        pair.close();
        System.gc();
        same(got.slice(0, 2), ['żółw 🐢', '']);
        same(got.slice(2).map(bytes => bytes instanceof GLib.Bytes), [true, true, true]);
        same(got.slice(2, 4).map(bytes => [...bytes.toArray()]), [[], [0, 255, 254, 128]]);
        same(got[4].equal(new GLib.Bytes(large)), true);
    },

    'channels tell of their end': async () => {
        const pair = await new Pair().meet();
        const closed = Promise.all([next(pair.channel, 'close'), next(pair.theirs, 'closing'),
            next(pair.theirs, 'close')]);
        pair.channel.close();
        await closed;
        same(pair.channel.ready_state, Floe.DataChannelState.CLOSED);
        await failsWith(Floe.Error.INVALID_STATE, () => pair.channel.send_text('late'));
        pair.close();
    },

    'boxed types are values': async () => {
        const candidate = Floe.IceCandidate.new(CANDIDATE, '0', 0, null);
        same([candidate.get_address(), candidate.get_port(), candidate.get_sdp_mid(),
            candidate.get_username_fragment()], ['192.0.2.7', 5000, '0', null]);
        const urls = ['stun:stun.example.org', 'stun:stun.example.net'];
        const configuration = new Floe.Configuration();
        configuration.add_ice_server(Floe.IceServer.new(urls, null, null));
        System.gc();
        same(configuration.get_ice_servers().map(server => server.get_urls()), [urls]);
        const init = new Floe.DataChannelInit();
        init.set_max_packet_life_time(100);
        const connection = new Floe.PeerConnection();
        const channel = connection.create_data_channel('one', init.copy());
        same(channel.get_max_packet_life_time(), 100);
        same(configuration.get_port_range(), [0, 0]);
        const [certificate, key] = Floe.Certificate.generate().to_pem();
        same([certificate, key].map(text => text.startsWith('-----BEGIN ')), [true, true]);
        connection.close();
    },

    'errors are caught by their codes': async () => {
        const configuration = new Floe.Configuration();
        await failsWith(Floe.Error.SYNTAX,
            () => configuration.add_ice_server_url('http://example.org', null, null));
        await failsWith(Floe.Error.RANGE, () => configuration.set_port_range(20, 10));
        await failsWith(Floe.Error.SYNTAX, () => Floe.IceCandidate.new('no', null, 0, null));
        const connection = new Floe.PeerConnection();
        const nonsense = Floe.SessionDescription.new(Floe.SdpType.OFFER, 'nonsense');
        await failsWith(Floe.Error.SDP_SYNTAX_ERROR,
            () => connection.set_remote_description_async(nonsense, null));
        await failsWith(Floe.Error.INVALID_STATE, () => connection.create_answer_async(null));
        const pending = connection.create_offer_async(null);
        connection.close();
        await failsWith(Floe.Error.ABORT, () => pending);
        same(Floe.Error.get_name(Floe.Error.ABORT), 'AbortError');
    },

    'null is refused where it means nothing': async () => {
        const connection = new Floe.PeerConnection();
        const channel = connection.create_data_channel('one', null);
        refuses(() => channel.send_text(null));
        refuses(() => channel.send_bytes(null));
        refuses(() => connection.create_data_channel(null, null));
        refuses(() => Floe.IceServer.new(null, null, null));
        refuses(() => Floe.set_network_context(null));
        connection.close();
    },

    'a directory of servers may be written in JavaScript': async () => {
        const Office = GObject.registerClass({Implements: [Floe.ServerDirectory]},
            class Office extends GObject.Object {
                vfunc_ask(query) {
                    query.answer([Floe.IceServer.new(['stun:stun.example.org'], null, null)], 60);
                }
            });
        Gio._promisify(Floe.ServerDirectoryChain.prototype, 'list_async', 'list_finish');
        Gio._promisify(Floe.StaticServerDirectory.prototype, 'list_async', 'list_finish');
        const fixed = Floe.StaticServerDirectory.new(
            ['a', 'b'].map(name => Floe.IceServer.new([`stun:${name}.example.org`], null, null)));
        System.gc();
        const [kept] = await fixed.list_async(null);
        same(kept.map(server => server.get_urls()[0]),
            ['stun:a.example.org', 'stun:b.example.org']);
        const chain = Floe.ServerDirectoryChain.new([new Office()]);
        const [servers, lifetime] = await chain.list_async(null);
        same([servers.map(server => server.get_urls()), lifetime],
            [[['stun:stun.example.org']], 60]);
    },

    'a discovery gives reports': async () => {
        const configuration = localConfiguration();
        configuration.add_ice_server_url('stun:127.0.0.1:9', null, null);
        const discovery = Floe.NatDiscovery.new(configuration);
        const reports = await discovery.run_async(null);
        same(reports.map(report => report.get_base_address()), ['127.0.0.1']);
        same(reports[0].get_external_addresses(), []);
        same(discovery.get_reports().length, 1);
        configuration.nat_report = reports[0];
        same(configuration.natReport.get_base_address(), '127.0.0.1');
        discovery.close();
    },

    'objects that nobody holds are collected, in any state': async () => {
        for (let i = 0; i < 20; i++) {
            const pair = new Pair();
            if (i % 2)
                pair.alice.set_local_description_async(null, null).catch(() => {});
            if (i % 3 === 0)
                await pair.meet();
            System.gc();
            await turn();
        }
        System.gc();
        await turn();
    },
};

run(async () => {
    let failed = 0;

    for (const [name, test] of Object.entries(tests)) {
        try {
            await test();
            print(`ok ${name}`);
        } catch (error) {
            failed++;
            print(`not ok ${name}: ${error}\n${error.stack}`);
        }
    }
    if (failed)
        System.exit(1);
});
