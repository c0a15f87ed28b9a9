package org.lanyard.control;

import static org.lanyard.control.RpcMethod.Type.INTEGER;
import static org.lanyard.control.RpcMethod.Type.STRING;
import static org.lanyard.control.RpcMethod.changing;
import static org.lanyard.control.RpcMethod.optional;
import static org.lanyard.control.RpcMethod.reading;
import static org.lanyard.control.RpcMethod.required;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.lanyard.forward.Fdb;
import org.lanyard.forward.Topology;
import org.lanyard.frame.Ethernet;
import org.lanyard.frame.Mac;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Port;

/**
 * The methods about the forwarding database. A VLAN may be left out: to add, it is the port's own
 * then, if it has one; to delete, VLAN 1; to flush, all.
 */
final class FdbMethods {
    private final ObjectMapper json = new ObjectMapper();
    private final Switch owner;

    FdbMethods(Switch owner) {
        this.owner = owner;
    }

    List<RpcMethod> all() {
        RpcMethod.Param mac = required("mac", STRING);
        RpcMethod.Param vlan = optional("vlan", INTEGER);
        return List.of(
                reading("fdb.list", params -> list()),
                changing("fdb.add", this::add, mac, required("port", STRING), vlan),
                changing("fdb.del", this::del, mac, vlan),
                changing("fdb.flush", this::flush, optional("port", STRING), vlan));
    }

    private ArrayNode list() {
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
                                        .put("age", entry.isStatic() ? 0 : entry.ageSeconds())
                                        .put("static", entry.isStatic());
                            }
                        });
        return list;
    }

    private JsonNode add(JsonNode params) throws JsonRpc.Refusal {
        long mac = mac(params);
        PortView port = port(params);
        if (port.policy().mirror().isPresent()) {
            throw new JsonRpc.Refusal(
                    "port " + port.name() + " is a mirror: nobody is behind it, it gets copies");
        }
        Vlans vlans = port.policy().vlans().orElse(Vlans.DEFAULT);
        int vlan = vlan(params, vlans.pvid());
        if (vlan == Vlans.NONE) {
            throw new JsonRpc.Refusal(
                    "port "
                            + port.name()
                            + " has no native VLAN ("
                            + vlans
                            + "): name the address's, as with --vlan "
                            + vlans.tagged().nextSetBit(0));
        }
        if (!vlans.contains(vlan)) {
            throw new JsonRpc.Refusal(
                    "port " + port.name() + " is not in VLAN " + vlan + " (" + vlans + ")");
        }
        long key = Fdb.key(mac, vlan);
        if (!owner.statics().add(key, port.name(), plugged(port.name()))) {
            throw new JsonRpc.Refusal("the forwarding database is full; see mac-table-size");
        }
        return json.createObjectNode()
                .put("mac", Mac.format(mac))
                .put("vlan", vlan)
                .put("port", port.name());
    }

    private JsonNode del(JsonNode params) throws JsonRpc.Refusal {
        long mac = mac(params);
        int vlan = vlan(params, Vlans.LOWEST);
        if (!owner.statics().remove(Fdb.key(mac, vlan))) {
            throw new JsonRpc.Refusal(
                    Mac.format(mac)
                            + " is not known in VLAN "
                            + vlan
                            + "; lanyard fdb list tells what is");
        }
        return json.createObjectNode().put("mac", Mac.format(mac)).put("vlan", vlan);
    }

    private JsonNode flush(JsonNode params) throws JsonRpc.Refusal {
        int slot = -1;
        if (params.hasNonNull("port")) {
            Port port = plugged(port(params).name());
            if (port == null) {
                return json.createObjectNode().put("flushed", 0);
            }
            slot = port.slot();
        }
        int flushed = owner.fabric().fdb().flushLearned(slot, vlan(params, -1));
        return json.createObjectNode().put("flushed", flushed);
    }

    private static long mac(JsonNode params) throws JsonRpc.Refusal {
        try {
            long mac = Mac.parse(params.path("mac").asText());
            if (Ethernet.isStation(mac)) {
                return mac;
            }
            throw new JsonRpc.Refusal(Mac.format(mac) + " is no station's address");
        } catch (IllegalArgumentException e) {
            throw new JsonRpc.Refusal("mac: " + e.getMessage());
        }
    }

    private static int vlan(JsonNode params, int otherwise) throws JsonRpc.Refusal {
        JsonNode vlan = params.path("vlan");
        if (vlan.isMissingNode() || vlan.isNull()) {
            return otherwise;
        }
        if (!vlan.isInt() || vlan.asInt() < Vlans.LOWEST || vlan.asInt() > Vlans.HIGHEST) {
            throw new JsonRpc.Refusal(
                    "vlan: " + vlan + " is not from " + Vlans.LOWEST + " to " + Vlans.HIGHEST);
        }
        return vlan.asInt();
    }

    private PortView port(JsonNode params) throws JsonRpc.Refusal {
        String name = params.path("port").asText();
        List<PortView> views = owner.portViews();
        for (PortView view : views) {
            if (view.name().equals(name) && !view.state().equals("listening")) {
                return view;
            }
        }
        throw new JsonRpc.Refusal(
                "no port '"
                        + name
                        + "' that has addresses; there are "
                        + String.join(
                                ", ",
                                views.stream()
                                        .filter(view -> !view.state().equals("listening"))
                                        .map(PortView::name)
                                        .toList()));
    }

    private Port plugged(String name) {
        Topology topology = owner.fabric().topology();
        for (int i = 0; i < topology.count(); i++) {
            if (topology.port(i).name().equals(name)) {
                return topology.port(i);
            }
        }
        return null;
    }
}
