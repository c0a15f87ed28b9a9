package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lanyard.forward.Fdb;
import org.lanyard.forward.Topology;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Mac;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.Port;

/**
 * The methods of the control socket: {@code status}, {@code port.list}, {@code port.show} (name),
 * {@code fdb.list}, {@code stop}.
 */
final class RpcMethods {
    private final ObjectMapper json = new ObjectMapper();
    private final Switch owner;
    private final Map<String, JsonRpc.Method> methods = new TreeMap<>();

    RpcMethods(Switch owner) {
        this.owner = owner;
        methods.put("status", params -> status());
        methods.put("port.list", params -> ports());
        methods.put("port.show", this::port);
        methods.put("fdb.list", params -> fdb());
        methods.put("stop", params -> stop());
    }

    Map<String, JsonRpc.Method> byName() {
        return methods;
    }

    private ObjectNode status() {
        ObjectNode status = json.createObjectNode();
        status.put("name", owner.config().name());
        status.put("pid", ProcessHandle.current().pid());
        status.put("version", Version.CURRENT);
        status.put("runtime_dir", owner.dir().path().toString());
        status.put("config", owner.file() == null ? null : owner.file().toString());
        status.put("uptime", owner.uptimeSeconds());
        ObjectNode ports = status.putObject("ports");
        List<PortView> views = owner.portViews();
        for (String state : List.of("up", "down", "listening")) {
            ports.put(state, views.stream().filter(v -> v.state().equals(state)).count());
        }
        List<PortCounters> counters = owner.allCounters();
        status.put("rx_packets", counters.stream().mapToLong(PortCounters::rxPackets).sum());
        status.put("rx_bytes", counters.stream().mapToLong(PortCounters::rxBytes).sum());
        status.put("tx_packets", counters.stream().mapToLong(PortCounters::txPackets).sum());
        status.put("tx_bytes", counters.stream().mapToLong(PortCounters::txBytes).sum());
        status.set("drops", drops(counters));
        Fdb fdb = owner.fabric().fdb();
        status.putObject("fdb")
                .put("size", fdb.size())
                .put("capacity", fdb.capacity())
                .put("refused", fdb.refused())
                .put("moves", fdb.moves());
        return status;
    }

    private ObjectNode drops(List<PortCounters> counters) {
        ObjectNode drops = json.createObjectNode();
        for (DropReason reason : DropReason.values()) {
            long sum = counters.stream().mapToLong(c -> c.drops(reason)).sum();
            if (sum > 0) {
                drops.put(reason.key(), sum);
            }
        }
        return drops;
    }

    private ArrayNode ports() {
        ArrayNode list = json.createArrayNode();
        owner.portViews().forEach(view -> list.add(describe(view)));
        return list;
    }

    private JsonNode port(JsonNode params) throws JsonRpc.Refusal {
        if (!params.path("name").isTextual()) {
            throw new JsonRpc.Refusal("port.show takes {\"name\": \"guests\"}, for example");
        }
        String name = params.get("name").asText();
        List<PortView> views = owner.portViews();
        for (PortView view : views) {
            if (view.name().equals(name)) {
                return describe(view);
            }
        }
        throw new JsonRpc.Refusal(
                "no port '"
                        + name
                        + "'; there are "
                        + String.join(", ", views.stream().map(PortView::name).toList()));
    }

    private ObjectNode describe(PortView view) {
        ObjectNode port = json.createObjectNode();
        port.put("name", view.name());
        port.put("kind", view.kind());
        port.put("state", view.state());
        port.put("endpoint", view.endpoint());
        port.put("reason", view.reason());
        ObjectNode vlan = port.putObject("vlan").put("mode", "access").put("access", 1);
        vlan.putNull("native").putArray("trunk");
        port.put("mtu", view.mtu());
        ObjectNode peer = port.putObject("peer");
        if (view.peer().pid() >= 0) {
            peer.put("pid", view.peer().pid()).put("uid", view.peer().uid());
        } else {
            peer.putNull("pid").putNull("uid");
        }
        PortCounters counters = view.counters();
        port.put("rx_packets", counters.rxPackets());
        port.put("rx_bytes", counters.rxBytes());
        port.put("tx_packets", counters.txPackets());
        port.put("tx_bytes", counters.txBytes());
        port.set("drops", drops(List.of(counters)));
        return port;
    }

    private ArrayNode fdb() {
        Topology topology = owner.fabric().topology();
        ArrayNode list = json.createArrayNode();
        Stream.of(owner.fabric().fdb().entries(owner.clock().seconds()))
                .sorted(Comparator.comparingInt(Fdb.Entry::vlan).thenComparing(Fdb.Entry::mac))
                .forEach(
                        entry -> {
                            Port port = topology.at(entry.slot());
                            if (port != null) {
                                list.addObject()
                                        .put("mac", Mac.format(entry.mac()))
                                        .put("vlan", entry.vlan())
                                        .put("port", port.name())
                                        .put("age", entry.ageSeconds())
                                        .put("static", false);
                            }
                        });
        return list;
    }

    private JsonNode stop() {
        owner.requestStop();
        return json.createObjectNode().put("stopping", true);
    }
}
