package org.lanyard.control;

import static org.lanyard.control.RpcMethod.Type.STRING;
import static org.lanyard.control.RpcMethod.Type.STRINGS;
import static org.lanyard.control.RpcMethod.changingLater;
import static org.lanyard.control.RpcMethod.optional;
import static org.lanyard.control.RpcMethod.reading;
import static org.lanyard.control.RpcMethod.required;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.lanyard.config.ConfigError;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.config.SwitchConfig;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Mac;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.WireEffect;
import org.lanyard.policy.Impairment;
import org.lanyard.policy.Learning;
import org.lanyard.policy.Limits;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.slirp.UserNetwork;

/**
 * The methods about ports. What is to be {@code set} are lines as in the port's table of a
 * configuration file.
 */
final class PortMethods {
    private final ObjectMapper json = new ObjectMapper();
    private final Switch owner;

    PortMethods(Switch owner) {
        this.owner = owner;
    }

    List<RpcMethod> all() {
        RpcMethod.Param name = required("name", STRING);
        return List.of(
                reading("port.list", params -> list()),
                reading("port.show", this::show, name),
                changingLater(
                        "port.set",
                        (client, params) -> owner.settings().inTurn(() -> set(client, params)),
                        name,
                        optional("set", STRING),
                        optional("unset", STRINGS)),
                changingLater(
                        "port.add",
                        (client, params) -> owner.settings().inTurn(() -> add(client, params)),
                        name,
                        required("set", STRING)),
                changingLater(
                        "port.remove",
                        (client, params) -> owner.settings().inTurn(() -> remove(client, params)),
                        name));
    }

    static ObjectNode drops(ObjectMapper json, List<PortCounters> counters) {
        ObjectNode drops = json.createObjectNode();
        for (DropReason reason : DropReason.values()) {
            long sum = counters.stream().mapToLong(c -> c.drops(reason)).sum();
            if (sum > 0) {
                drops.put(reason.key(), sum);
            }
        }
        return drops;
    }

    private ArrayNode list() {
        ArrayNode list = json.createArrayNode();
        owner.portViews().forEach(view -> list.add(describe(view)));
        return list;
    }

    private JsonNode show(JsonNode params) throws JsonRpc.Refusal {
        String name = params.get("name").asText();
        List<PortView> views = owner.portViews();
        for (PortView view : views) {
            if (view.name().equals(name)) {
                return describe(view);
            }
        }
        throw unknown(name, views.stream().map(PortView::name).toList());
    }

    static JsonRpc.Refusal unknown(String name, List<String> names) {
        return new JsonRpc.Refusal("no port '" + name + "'; there are " + String.join(", ", names));
    }

    private CompletableFuture<JsonNode> set(Client client, JsonNode params) throws JsonRpc.Refusal {
        String name = params.get("name").asText();
        List<String> names = owner.ports().names();
        if (!names.contains(name)) {
            int slash = name.lastIndexOf('/');
            if (slash > 0 && names.contains(name.substring(0, slash))) {
                throw new JsonRpc.Refusal(
                        name
                                + " is a guest of "
                                + name.substring(0, slash)
                                + ", whose settings all its guests have: set that");
            }
            throw unknown(name, names);
        }
        List<String> keys = new ArrayList<>();
        params.path("unset").forEach(key -> keys.add(key.asText()));
        try {
            PortConfig now = owner.ports().config(name);
            PortConfig next = ConfigParser.change(now, params.path("set").asText(""), keys, names);
            return answered(owner.settings().change(client, now, next), () -> shown(name));
        } catch (ConfigException e) {
            throw new JsonRpc.Refusal(told(e));
        }
    }

    /** What a change is answered with, or that it is refused. */
    static CompletableFuture<JsonNode> answered(
            CompletableFuture<Void> change, Supplier<JsonNode> answer) {
        return change.handle(
                (done, thrown) -> {
                    if (thrown == null) {
                        return answer.get();
                    }
                    Throwable why =
                            thrown instanceof CompletionException ? thrown.getCause() : thrown;
                    throw why instanceof IOException
                            ? new CompletionException(new JsonRpc.Refusal(why.getMessage()))
                            : new CompletionException(why);
                });
    }

    /** Gone, perhaps, by another's doing meanwhile. */
    private JsonNode shown(String name) {
        return owner.portViews().stream()
                .filter(view -> view.name().equals(name))
                .findFirst()
                .map(this::describe)
                .orElseGet(() -> json.createObjectNode().put("name", name));
    }

    private CompletableFuture<JsonNode> add(Client client, JsonNode params) throws JsonRpc.Refusal {
        String name = params.get("name").asText();
        if (owner.ports().names().contains(name)) {
            throw new JsonRpc.Refusal("port '" + name + "' is there already; see port set");
        }
        try {
            SwitchConfig next =
                    ConfigParser.add(owner.settings().running(), name, params.get("set").asText());
            return answered(owner.settings().apply(client, next, null), () -> shown(name));
        } catch (ConfigException e) {
            throw new JsonRpc.Refusal(told(e));
        }
    }

    /** Where it is in what the user typed: a setting is a line, and a word on the command line. */
    private static String told(ConfigException e) {
        List<String> lines = new ArrayList<>();
        for (ConfigError error : e.errors()) {
            String place =
                    error.line() == 0
                            ? ""
                            : "setting " + error.line() + ", column " + error.column() + ": ";
            lines.add(place + error.message());
        }
        return String.join("\n", lines);
    }

    private CompletableFuture<JsonNode> remove(Client client, JsonNode params)
            throws JsonRpc.Refusal {
        String name = params.path("name").asText();
        SwitchConfig running = owner.settings().running();
        List<PortConfig> others =
                running.ports().stream().filter(port -> !port.name().equals(name)).toList();
        if (others.size() == running.ports().size()) {
            throw unknown(name, owner.ports().names());
        }
        return answered(
                owner.settings().apply(client, running.withPorts(others), null),
                () -> json.createObjectNode().put("removed", name));
    }

    private ObjectNode describe(PortView view) {
        ObjectNode port = json.createObjectNode();
        port.put("name", view.name());
        port.put("kind", view.kind());
        port.put("state", view.state());
        port.put("endpoint", view.endpoint());
        port.put("reason", view.reason());
        PortConfig config = owner.ports().config(view.name());
        if (config != null && config.kind() instanceof PortKind.User user) {
            port.set("user", describe(user, isLoopbackReached(view.name())));
        }
        Attachment attachment = owner.ports().attachment(view.name());
        if (attachment != null) {
            attachment.figures().forEach(port::put);
            ObjectNode refused = port.putObject("refused");
            attachment.refusals().counts().forEach(refused::put);
            if (config.kind() instanceof PortKind.StreamListen listen) {
                describe(listen, port);
            }
        }
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
        ObjectNode wire = port.putObject("wire");
        for (WireEffect effect : WireEffect.values()) {
            wire.put(effect.key(), counters.effects(effect));
        }
        port.set("drops", drops(json, List.of(counters)));
        return port;
    }

    private static void describe(PortKind.StreamListen listen, ObjectNode port) {
        PortKind.GuestLimits limits = listen.limits();
        limits.all().ifPresent(most -> port.put("max_guests", most));
        limits.perUser().ifPresent(most -> port.put("max_guests_per_user", most));
        if (listen.endpoint().startsWith("tcp:")) {
            port.put("keepalive", listen.keepalive().toSeconds());
        }
    }

    private boolean isLoopbackReached(String port) {
        return HostLoopback.isReached(port, owner.ports().configs());
    }

    private ObjectNode describe(PortKind.User user, boolean loopback) {
        UserNetwork network = user.network();
        ObjectNode node = json.createObjectNode();
        node.put("network", network.cidr());
        node.put("host", network.host().getHostAddress());
        node.put("dns", network.dns().getHostAddress());
        node.put("dhcp_start", network.dhcpStart().getHostAddress());
        ArrayNode forwards = node.putArray("hostfwd");
        user.forwards().forEach(forward -> forwards.add(forward.toString()));
        node.put("tftp", network.tftp().map(Path::toString).orElse(null));
        node.put("bootfile", network.bootfile().orElse(null));
        node.put("restrict", network.restrict());
        node.put("ipv6", network.ipv6());
        node.put("smb", network.smb().map(share -> share.directory().toString()).orElse(null));
        String server = network.smb().map(share -> share.server().getHostAddress()).orElse(null);
        node.put("smb_server", server);
        user.hairpin().ifPresent(said -> node.put("hairpin", said));
        return node.put("host_loopback", loopback);
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
                .put("burst", limits.burstAt(Math.max(limits.ingressBits(), limits.egressBits())));
        port.putObject("storm")
                .put("broadcast", limits.broadcast())
                .put("multicast", limits.multicast())
                .put("unknown", limits.unknown());
        Learning learning = policy.learning();
        port.put("mac_limit", learning.limit() == Learning.FREE.limit() ? 0 : learning.limit());
        port.put("beyond_mac_limit", learning.dropBeyond() ? "drop" : "flood");
        port.put("sticky_macs", learning.sticky());
        if (policy.guarding()) {
            port.put("guard_macs", true);
        }
        ObjectNode impair = port.putObject("impair");
        impair.set("rx", describe(policy.received()));
        impair.set("tx", describe(policy.sent()));
    }

    /** Null for a wire as wires should be; times in nanoseconds, shares from 0 to 1. */
    private ObjectNode describe(Impairment impairment) {
        return impairment.isNone()
                ? null
                : json.createObjectNode()
                        .put("loss", impairment.loss())
                        .put("duplicate", impairment.duplicate())
                        .put("corrupt", impairment.corrupt())
                        .put("reorder", impairment.reorder())
                        .put("delay", impairment.delayNanos())
                        .put("jitter", impairment.jitterNanos())
                        .put("rate", impairment.rateBits())
                        .put("queue", impairment.queueBytes())
                        .put("seed", impairment.seed());
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
        if (vlans.nestedTags()) {
            node.put("nested_tags", true);
        }
        return node;
    }
}
