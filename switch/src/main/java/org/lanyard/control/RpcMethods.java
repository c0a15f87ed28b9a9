package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Mac;
import org.lanyard.frame.PortCounters;
import org.lanyard.policy.Learning;
import org.lanyard.policy.Limits;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;

/**
 * The methods of the control socket: {@code status}, {@code port.list}, {@code port.show} (name),
 * {@code vlan.list}, {@code mirror.list}, {@code stop}, and those of {@link FdbMethods}.
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
        new FdbMethods(owner).into(methods);
        methods.put("vlan.list", params -> new VlanList(owner.portViews()).lines());
        methods.put("mirror.list", params -> mirrors());
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
                .put("moves", fdb.moves())
                .put("held", fdb.held())
                .put("evicted", fdb.evicted());
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
        port.set("vlan", vlans(view.policy().vlans().orElse(Vlans.DEFAULT)));
        describe(view.policy(), port);
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

    private void describe(PortPolicy policy, ObjectNode port) {
        port.put("isolated", policy.isolated()).put("transparent", policy.transparent());
        ArrayNode macs = port.putArray("allow_macs");
        LongStream.of(policy.allowedMacs()).mapToObj(Mac::format).forEach(macs::add);
        port.putObject("flood")
                .put("unknown", policy.flooding().unknown())
                .put("multicast", policy.flooding().multicast())
                .put("broadcast", policy.flooding().broadcast());
        Limits limits = policy.limits();
        port.putObject("limit")
                .put("ingress", limits.ingressBits())
                .put("egress", limits.egressBits())
                .put("burst", limits.burstBytes());
        port.putObject("storm")
                .put("broadcast", limits.broadcast())
                .put("multicast", limits.multicast())
                .put("unknown", limits.unknown());
        Learning learning = policy.learning();
        port.put("mac_limit", learning.limit() == Learning.FREE.limit() ? 0 : learning.limit());
        port.put("beyond_mac_limit", learning.dropBeyond() ? "drop" : "flood");
        port.put("sticky_macs", learning.sticky());
    }

    private ObjectNode vlans(Vlans vlans) {
        ObjectNode node = json.createObjectNode();
        boolean isTrunk = vlans.mode() == Vlans.Mode.TRUNK;
        node.put("mode", vlans.mode().name().toLowerCase(Locale.ROOT));
        Integer untagged = vlans.pvid() == Vlans.NONE ? null : vlans.pvid();
        node.put("access", vlans.mode() == Vlans.Mode.ACCESS ? untagged : null);
        node.put("native", isTrunk ? untagged : null);
        ArrayNode trunk = node.putArray("trunk");
        if (isTrunk) {
            vlans.tagged().stream().forEach(trunk::add);
            node.put("tag_type", String.format("0x%04x", vlans.tagType()));
        }
        if (vlans.mode() == Vlans.Mode.TUNNEL) {
            node.put("tunnel", untagged);
        }
        node.put("admit", vlans.admit().name().toLowerCase(Locale.ROOT));
        return node;
    }

    private ArrayNode mirrors() {
        ArrayNode list = json.createArrayNode();
        for (PortView view : owner.portViews()) {
            view.policy()
                    .mirror()
                    .ifPresent(
                            mirror -> {
                                ObjectNode line = list.addObject().put("port", view.name());
                                line.put("state", view.state());
                                ArrayNode ports = line.putArray("ports");
                                mirror.ports().stream().sorted().forEach(ports::add);
                                mirror.vlans().stream().forEach(line.putArray("vlans")::add);
                                line.put("rx", mirror.received()).put("tx", mirror.sent());
                                line.put("snap", mirror.snap());
                            });
        }
        return list;
    }

    private JsonNode stop() {
        owner.requestStop();
        return json.createObjectNode().put("stopping", true);
    }
}
