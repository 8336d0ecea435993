using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The kinds of warnings about a configuration, each with an id of its own (docs/operations.md lists them).</summary>
internal static class Warnings
{
    private const int MostRemarks = 5;

    /// <param name="listener">Whose it is: <c>inbound edge</c>.</param>
    /// <param name="problem">What is wrong with the certificate.</param>
    public static ServerWarning Certificate(string listener, string problem) => Of("MX1010 ", $"{listener}: {problem}");

    /// <param name="listener">Whose it is: <c>inbound edge</c>.</param>
    /// <param name="problem">What is wrong with a revocation list.</param>
    public static ServerWarning RevocationList(string listener, string problem) => Of("MX1085 ", $"{listener}: {problem}");

    public static ServerWarning PrefixNotLocal(string exit, IPNetwork prefix) => Of("MX1011 ",
        $"exit {exit}: answers to the addresses of {prefix} do not end at this host; run: ip -6 route add local {prefix} dev lo");

    public static ServerWarning AddressNotOnHost(string exit, IPAddress address) => Of("MX1012 ",
        $"exit {exit}: the address {address} is not on this host, and every connection through it fails; "
        + "add it with `ip addr add`, or use `snat` (docs/operations.md)");

    public static ServerWarning PoolNotOnHost(string exit, IReadOnlyList<IPAddress> missing, int count) => Of("MX1116 ",
        $"exit {exit}: " + (count == 0
            ? "its interfaces have no address, and every connection through it fails until they have one"
            : $"addresses that are not on this host are passed over until they are, {missing.Count} of {count}, {missing[0]} is the first; "
                + "add them with `ip addr add`, or use `snat` (docs/operations.md)"));

    public static ServerWarning NameInTheClear(string exit, string name) => Of("MX1013 ",
        $"exit {exit}: ECH hides {name} in TLS, but the system's resolver asks for it in plain DNS; set `dns.doh`, or dial an address");

    /// <param name="difference">The first difference between the system and the plan.</param>
    /// <param name="more">How many others there are.</param>
    public static ServerWarning SnatDiffers(string difference, int more) => Of("MX1014 ",
        $"snat: the system is not set up as planned, run `multiexit snat apply`: {difference}{(more == 0 ? "" : $" and {more} more")}");

    /// <param name="difference">The first difference between the system and the plan.</param>
    /// <param name="more">How many others there are.</param>
    public static ServerWarning RedirectDiffers(string difference, int more) => Of("MX3009 ",
        $"redirect: the system is not set up as planned, run `multiexit redirect apply`: {difference}{(more == 0 ? "" : $" and {more} more")}");

    public static ServerWarning RedirectNotChecked(string reason) => Of("MX3010 ", $"redirect: the set-up cannot be checked: {reason}");

    public static ServerWarning SnatNotChecked(string reason) => Of("MX1015 ", $"snat: the set-up cannot be checked: {reason}");

    public static ServerWarning BindingsFaulty(string group, int lines, string file) => Of("MX1016 ",
        $"group {group}: {CountText.Are(lines, "line")} not understood and ignored in the state file {file}");

    public static ServerWarning PrivateNotSaid(string inbound) => Of("MX1024 ",
        $"inbound {inbound}: it asks for no login, so private destinations are refused although it is on a loopback address: any web page could "
        + "otherwise reach them; set users or a token, or say `private_destinations` (docs/configuration.md)");

    /// <param name="first">The path of the first one.</param>
    /// <param name="count">How many there are.</param>
    public static ServerWarning ClearPasswords(string first, int count) => Of("MX1092 ",
        $"{(count == 1 ? "a password stands" : $"{count} passwords stand")} in clear text in the configuration, "
        + $"{(count == 1 ? "at" : "the first at")} {first}; "
        + "write `password_hash` in its place, with what `multiexit hash` or New-MxPasswordHash makes of the password, or refer to a file or a variable "
        + "(`password: { file: path }`, `{ env: NAME }`)");

    /// <param name="remarks">What is not, each with its line and key.</param>
    public static ServerWarning NotCarriedOver(IReadOnlyList<string> remarks) => Of("MX1125 ",
        $"the file is that of another program, and not all of it is carried over: {string.Join("; ", remarks.Take(MostRemarks))}"
        + (remarks.Count > MostRemarks ? $"; and {remarks.Count - MostRemarks} more, which `multiexit convert` prints" : ""));

    public static ServerWarning AnyPage(string inbound) => Of("MX1025 ",
        $"inbound {inbound}: it asks for no login and takes every origin, so any web page in a browser that reaches it can use it; list `origins`");

    public static ServerWarning EchOverPlainHttp(string exit, Uri resolver) => Of("MX1026 ",
        $"exit {exit}: its ECH config is asked for in the clear, at {resolver}: whoever is on the way sees the name that ECH is to hide, and can answer "
        + "with a config of his own and read what is encrypted for it; ask over https, or give the config itself (`ech.config`)");

    public static ServerWarning MetricsForAll(IPEndPoint listen) => Of("MX1027 ",
        $"metrics.listen: {listen} is no loopback address, and whoever reaches it reads the names of inbounds and exits, and how much goes through "
        + "them, without a login; listen on 127.0.0.1 or ::1, or let only the scraper reach it");

    public static ServerWarning MetricsNotPushed(Uri collector) => Of("MX1028 ",
        $"metrics.otlp: this server does not push to {collector}: the console host does that (`multiexit run`), not a PowerShell session");

    /// <param name="what">What is fetched.</param>
    /// <param name="changes">What somebody on the way can change with it.</param>
    public static ServerWarning FetchedInTheClear(string what, string changes) => Of("MX1103 ",
        $"{what}: fetched over http without `sha256`: whoever is on the way can change {changes}; use https");

    public static ServerWarning BackEndInTheClear(string backEnd, string place) => Of("MX1109 ",
        $"{backEnd}: passwords go to {place} in the clear, and anybody on the way can answer in its place; use https, ldaps or starttls");

    /// <param name="what">Whose it is: <c>inbound local</c>, <c>exit far</c>.</param>
    public static ServerWarning LightsocksProtectsNothing(string what) => Of("MX1112 ",
        $"{what}: Lightsocks protects nothing: each octet is replaced by another one, always by the same, so whoever is on the way reads what goes through, "
        + "passwords of users as well, and can change it; take a `tunnel`, or put it into one");

    public static ServerWarning DashboardInTheClear(IPEndPoint listen) => Of("MX1029 ",
        $"dashboard.listen: {listen} is no loopback address and has no `tls`: whoever is on the way reads passwords and sessions, and can take them over; "
        + "set `dashboard.tls`, or listen on 127.0.0.1 or ::1 behind `ssh -L` or a web server with TLS");

    /// <param name="program">The program of a command that is told of events.</param>
    public static ServerWarning NotifyCommandMissing(string program) => Of("MX1066 ",
        $"notify.command: {program} is not there, or may not be run: it will be told of no event");

    /// <param name="path">A record that was found damaged, and whose copy is in use.</param>
    public static ServerWarning StoreDamaged(string path) => Of("MX1019 ",
        $"{path} is damaged, or was changed by hand and still has the checksum of before; its last good copy {path}.last is in use");

    /// <param name="place">Where the key stands: <c>inbound edge: key 2</c>.</param>
    public static ServerWarning KeyWeak(string place) => Of("MX1022 ",
        $"{place} can plausibly be guessed in fewer than 2^{KeyStrength.Enough} tries, and whoever gets to see one handshake can try off line; "
        + "take one that New-MxKey made");

    /// <param name="place">The log, by its path.</param>
    /// <param name="lost">How many messages were lost there.</param>
    /// <param name="reason">Why it cannot be written.</param>
    public static ServerWarning LogNotWritten(string place, long lost, string reason) => Of("MX1050 ",
        $"the log {place} cannot be written, {CountText.Were(lost, "message")} lost so far: {reason}");

    /// <param name="path">The store.</param>
    /// <param name="count">How many records were dropped.</param>
    public static ServerWarning RecordsDropped(string path, long count) => Of("MX1071 ",
        $"records of sessions are dropped, {count} so far: too many wait, and {path} is not written fast enough");

    /// <param name="path">A file of records.</param>
    /// <param name="aside">Its new name.</param>
    public static ServerWarning RecordsDamaged(string path, string aside) => Of("MX1072 ",
        $"{path} is damaged: it is now {aside}, its records are not found any more, and a new file takes those that come");

    /// <param name="path">A file of records.</param>
    /// <param name="last">When the last session in it ended; null where there is none.</param>
    public static ServerWarning RecordsLeftOpen(string path, DateTimeOffset? last) => Of("MX1073 ",
        $"the server that wrote {path} did not end in order: sessions of its last second may have no record"
        + (last is { } time ? $"; the last record is of {time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)}Z" : ""));

    /// <param name="path">The file of the history.</param>
    /// <param name="aside">Its new name.</param>
    public static ServerWarning HistoryDamaged(string path, string aside) => Of("MX1078 ",
        $"{path} is damaged: it is now {aside}, the history of traffic in it is not found any more, and a new one begins");

    /// <param name="connections">The number that the configuration allows.</param>
    /// <param name="limit">The most descriptors of the process.</param>
    /// <param name="fits">How many clients fit.</param>
    public static ServerWarning DescriptorsTooFew(int connections, long limit, long fits) => Of("MX1060 ",
        $"limits.connections is {connections}, which takes {2L * connections} descriptors, but this process may have {limit}: some {fits} clients are "
        + "served at a time and others wait; raise the limit (`LimitNOFILE=` of the unit, `ulimit -Hn`) or lower limits.connections");

    /// <param name="threads">The limit.</param>
    /// <param name="lookUps">How many look-ups there may be at a time because of it.</param>
    public static ServerWarning ThreadsTooFew(TaskReading threads, int lookUps) => Of("MX1065 ",
        $"{threads.Used} of {threads.Limit} threads are in use ({threads.Source}) and {threads.Room} are left: names are looked up {lookUps} at a time, "
        + "and the process may end for want of a thread; raise the limit (`TasksMax=` of the unit, `--pids-limit` of the container, `ulimit -u`)");

    /// <param name="isOfSchema">Whether the store answers, and its tables are those of another version.</param>
    /// <param name="problem">Why the store cannot be used.</param>
    public static ServerWarning FleetStoreAway(bool isOfSchema, string problem) => isOfSchema
        ? Of("MX1142 ", $"this server is not a member of its fleet: {problem}")
        : Of("MX1140 ", $"the store of the fleet cannot be used; what was read last stays: {problem}");

    /// <param name="topic">What is shared otherwise.</param>
    /// <param name="problem">Why not.</param>
    public static ServerWarning FleetNotShared(string topic, string problem) => Of("MX1146 ",
        $"{topic} are not shared with the fleet, and this node goes on with what it knows: {problem}");

    /// <param name="count">How many records.</param>
    public static ServerWarning FleetRecordsDropped(long count) => Of("MX1163 ",
        $"{CountText.Of(count, "record")} of sessions will never be in the store of the fleet: dropped here before the store took them (records.keep, "
        + "records.max_size), or it has no room for their time");

    /// <param name="problem">Why the store has not answered.</param>
    public static ServerWarning FleetReplaysLocal(string problem) => Of("MX1166 ",
        $"the store of the fleet is not asked for replays now, and this node refuses those that it has seen itself: {problem}");

    /// <param name="node">The node.</param>
    /// <param name="epoch">The epoch of this server.</param>
    /// <param name="newer">The epoch of the other one.</param>
    public static ServerWarning FleetNodeReplaced(string node, long epoch, long newer) => Of("MX1143 ",
        $"another server has joined the fleet as node {node} (epoch {newer}, this one has {epoch}): this one is no longer a member and writes nothing there; "
        + "give one of them another `fleet.node`, and restart this one to take the name back");

    /// <param name="what">What this server runs in place of the fleet's version.</param>
    public static ServerWarning FleetDiverged(string what) => Of("MX1151 ",
        $"this node does not run the configuration of its fleet: {what}; `Set-MxConfig` without a file, or `multiexit reload`, makes it follow again");

    public static ServerWarning LeadsBack(OwnLoop loop) => Of("MX1063 ",
        $"{(loop.List == "exits" ? "exit" : "inbound")} {loop.Name}: its `{loop.Key}` is the inbound {loop.Inbound} of this server, from which "
        + $"{(loop.IsCertain ? "every request comes" : "rules may send requests")} back there; one that goes round ends with the outcome `Loop`");

    /// <summary>A start takes another version than the file (MX1017), or goes back to the version before a change that was not confirmed
    /// (MX1018).</summary>
    /// <returns>Null when it takes the file.</returns>
    public static ServerWarning? Of(HistoryStart start) => start switch
    {
        { Note: null } => null,
        { Why: ConfigChange.AutoRevert } => Of("MX1018 ", start.Note),
        _ => Of("MX1017 ", start.Note),
    };

    private static ServerWarning Of(string id, string message) => new(id.TrimEnd(), message);
}
