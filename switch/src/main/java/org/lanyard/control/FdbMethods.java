package org.lanyard.control;

import static org.lanyard.control.RpcMethod.Type.INTEGER;
import static org.lanyard.control.RpcMethod.Type.STRING;
import static org.lanyard.control.RpcMethod.changing;
import static org.lanyard.control.RpcMethod.changingLater;
import static org.lanyard.control.RpcMethod.optional;
import static org.lanyard.control.RpcMethod.reading;
import static org.lanyard.control.RpcMethod.required;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    /** A page costs time while others wait, and memory until it is read. */
    private static final int LONGEST_PAGE = 65_536;

    private final ObjectMapper json = new ObjectMapper();
    private final Switch owner;

    FdbMethods(Switch owner) {
        this.owner = owner;
    }

    List<RpcMethod> all() {
        RpcMethod.Param mac = required("mac", STRING);
        RpcMethod.Param vlan = optional("vlan", INTEGER);
        return List.of(
                reading(
                        "fdb.list",
                        this::list,
                        optional("after", STRING),
                        optional("limit", INTEGER)),
                changing("fdb.add", this::add, mac, required("port", STRING), vlan),
                changing("fdb.del", this::del, mac, vlan),
                changingLater("fdb.flush", this::flush, optional("port", STRING), vlan));
    }

    /**
     * A page of it, by VLAN and address; all of it where nothing is said and it is not too long.
     */
    private ArrayNode list(JsonNode params) throws JsonRpc.Refusal {
        Fdb fdb = owner.fabric().fdb();
        int limit = limit(params, fdb.size());
        ArrayNode list = json.createArrayNode();
        Fdb.Entry[] page = page(params, limit);
        while (page.length > 0) {
            addTo(list, page);
            if (!list.isEmpty()) {
                return list;
            }
            Fdb.Entry last = page[page.length - 1]; // all behind ports that have just gone
            page = fdb.entriesAfter(last.mac(), last.vlan(), limit, owner.clock().seconds());
        }
        return list;
    }

    private void addTo(ArrayNode list, Fdb.Entry[] entries) {
        Topology topology = owner.fabric().topology();
        for (Fdb.Entry entry : entries) {
            Port port = topology.at(entry.slot());
            if (port != null) {
                list.addObject()
                        .put("mac", Mac.format(entry.mac()))
                        .put("vlan", entry.vlan())
                        .put("port", port.name())
                        .put("age", entry.isStatic() ? 0 : entry.ageSeconds())
                        .put("static", entry.isStatic());
            }
        }
    }

    private static int limit(JsonNode params, int known) throws JsonRpc.Refusal {
        if (!params.hasNonNull("limit")) {
            if (known > LONGEST_PAGE) {
                throw new JsonRpc.Refusal(
                        "there are "
                                + known
                                + " addresses, and one answer has at most "
                                + LONGEST_PAGE
                                + ": ask for pages, with limit and after");
            }
            return LONGEST_PAGE;
        }
        JsonNode limit = params.get("limit");
        if (!limit.isInt() || limit.asInt() < 1 || limit.asInt() > LONGEST_PAGE) {
            throw new JsonRpc.Refusal("limit: " + limit + " is not from 1 to " + LONGEST_PAGE);
        }
        return limit.asInt();
    }

    private Fdb.Entry[] page(JsonNode params, int limit) throws JsonRpc.Refusal {
        Fdb fdb = owner.fabric().fdb();
        int now = owner.clock().seconds();
        if (!params.hasNonNull("after")) {
            return fdb.entries(limit, now);
        }
        String place = params.get("after").asText();
        int slash = place.indexOf('/');
        try {
            long mac = Mac.parse(place.substring(0, Math.max(0, slash)));
            int vlan = Integer.parseInt(place.substring(slash + 1));
            return fdb.entriesAfter(mac, vlan, limit, now);
        } catch (IllegalArgumentException e) {
            throw new JsonRpc.Refusal(
                    "after: '" + place + "' is no MAC/VLAN such as 52:54:00:12:34:56/1");
        }
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

    private CompletableFuture<JsonNode> flush(Client client, JsonNode params)
            throws JsonRpc.Refusal {
        int slot = Fdb.ANY;
        if (params.hasNonNull("port")) {
            Port port = plugged(port(params).name());
            if (port == null) {
                return CompletableFuture.completedFuture(flushed(0));
            }
            slot = port.slot();
        }
        return owner.upkeep().flush(slot, vlan(params, Fdb.ANY)).thenApply(this::flushed);
    }

    private JsonNode flushed(int count) {
        return json.createObjectNode().put("flushed", count);
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
