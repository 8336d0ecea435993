using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using Serilog.Core;

namespace MultiExit.Engine.Diagnostics;

/// <summary>Every message of the engine, each with an id that never changes (docs/operations.md lists them). No message takes a
/// secret; text from peers goes through <see cref="LogText.Clean"/>, and refusals of clients through a <see cref="LogGate"/>.</summary>
internal sealed partial class EngineLog(LoggerPair loggers, TimeProvider? time = null) : IDisposable
{
    private readonly LogGate _gate = new(time ?? TimeProvider.System);
    private volatile LoggerPair _loggers = loggers;
    private readonly Lock _replacing = new();
    private long _lostBefore; // in places that are no longer written to

    private Logger Main => _loggers.Main;

    /// <summary>The places that cannot be written to now, each with the number of messages that were lost there and why.</summary>
    public IEnumerable<(string Place, long Lost, string Reason)> Problems =>
        from output in _loggers.Outputs let problem = output.Problem where problem is not null select (output.Name, output.Lost, problem);

    /// <summary>How many messages were lost, in all places together, since the start of the server.</summary>
    public long Lost
    {
        get
        {
            lock (_replacing) return _lostBefore + LostIn(_loggers);
        }
    }

    /// <summary>Opens the log files by their names again, which may have been renamed.</summary>
    public void Reopen() => _loggers.Reopen();

    /// <summary>Changes where messages go; messages that are queued for the earlier places are written, as far as these places take them.</summary>
    public void Replace(LoggerPair loggers)
    {
        LoggerPair old = _loggers;
        long lost = LostIn(old);
        lock (_replacing)
        {
            _lostBefore += lost;
            _loggers = loggers;
        }
        old.Dispose();
        lock (_replacing) _lostBefore += LostIn(old) - lost;
    }

    public void Started(string name, string version) =>
        Main.Information("MX1000 server {Name} {Version} starts", name, version);

    public void Listening(string inbound, string type, IPEndPoint endPoint, bool tls) =>
        Main.Information("MX1001 inbound {Inbound} ({Type}{Tls}) listens on {EndPoint}", inbound, type, tls ? ", TLS" : "", endPoint);

    public void ListenerClosed(string inbound, IPEndPoint endPoint) =>
        Main.Information("MX1002 inbound {Inbound} no longer listens on {EndPoint}", inbound, endPoint);

    public void Reloaded(string name) => Main.Information("MX1003 server {Name}: new configuration in force", name);

    public void ReloadFailed(string name, string reason) =>
        Main.Error("MX1004 server {Name}: the new configuration is not in force, nothing has changed: {Reason}", name, reason);

    public void Draining(string name, int sessions) =>
        Main.Information("MX1005 server {Name} stops; live sessions: {Sessions}", name, sessions);

    public void Stopped(string name, int aborted) =>
        Main.Information("MX1006 server {Name} stopped; sessions cut: {Aborted}", name, aborted);

    /// <summary>A warning of <see cref="Warnings"/>, under the id of its kind.</summary>
    public void Warn(ServerWarning warning) => Main.Warning(warning.Id + " {Text}", warning.Message);

    public void ExitShut(string exit, string reason) => Main.Warning("MX1008 exit {Exit} takes no connections: {Reason}", exit, reason);

    public void ExitOpened(string exit) => Main.Information("MX1009 exit {Exit} takes connections: its source NAT is applied", exit);

    public void ConfigUnconfirmed(string name, int version, DateTimeOffset until) =>
        Main.Warning("MX1030 server {Name}: version {Version} is rolled back unless it is confirmed by {Until:u}", name, version, until);

    public void ConfigConfirmed(string name, int version) => Main.Information("MX1031 server {Name}: version {Version} is confirmed", name, version);

    public void ConfigReverted(string name, string reason) =>
        Main.Warning("MX1032 server {Name}: the earlier configuration is in force again: {Reason}", name, reason);

    /// <summary>A store that cannot be written, under the id of its kind.</summary>
    public void StoreNotWritten(string id, string message) => Main.Error(id + " {Text}", message);

    public void StoreWritten(string path, int failures) =>
        Main.Information("MX1021 {Path} is written again; failures before: {Failures}", path, failures);

    public void ControlOpened(string path) => Main.Information("MX1040 control socket {Path} answers", path);

    public void ControlClosed(string path) => Main.Information("MX1041 control socket {Path} no longer answers", path);

    public void ControlLost(string path, string reason) =>
        Main.Warning("MX1043 control socket {Path} is gone and cannot be made again: {Reason}", path, reason);

    public void ControlGroupKept(string path, string reason) =>
        Main.Warning("MX1131 control socket {Path} stays with the group that it has: {Reason}", path, reason);

    public void ControlRequest(string over, string? who, string method, string path) => Main.Information(
        "MX1042 {Over}: {Who} {Method} {Path}", over, who is null ? "an unknown user" : LogText.Clean(who), LogText.Clean(method), LogText.Clean(path));

    public void ReaderRefused(string over, string? who, string method, string path) => Main.Warning(
        "MX1130 {Over}: {Who} is a reader and may not {Method} {Path}", over, who is null ? "an unknown user" : LogText.Clean(who), LogText.Clean(method),
        LogText.Clean(path));

    public void MetricsOpened(IPEndPoint endPoint) => Main.Information("MX1080 metrics are answered on http://{EndPoint}/metrics", endPoint);

    public void DashboardOpened(string url) => Main.Information("MX1095 the dashboard is on {Url}", url);

    public void DashboardClosed(string url) => Main.Information("MX1096 the dashboard is no longer on {Url}", url);

    public void DashboardLogin(string user, string role, IPEndPoint client) =>
        Main.Information("MX1097 dashboard: {User} logged in as {Role} from {Client}", LogText.Clean(user), role, client.Address);

    public void DashboardLogout(string user) => Main.Information("MX1098 dashboard: {User} logged out", LogText.Clean(user));

    public void MetricsClosed(IPEndPoint endPoint) => Main.Information("MX1081 metrics are no longer answered on http://{EndPoint}/metrics", endPoint);

    public void DescriptorsShort(long used, long limit, long refused) =>
        Main.Warning("MX1061 new clients wait: {Used} of {Limit} descriptors are in use (RLIMIT_NOFILE); dials refused for it: {Refused}",
            used, limit, refused);

    public void DescriptorsFree(long used, long limit) =>
        Main.Information("MX1062 new clients are served again: {Used} of {Limit} descriptors are in use", used, limit);

    public void CarriersStalled(long times, long used, long total) =>
        Main.Warning(
            "MX1064 carriers were not read for a while (times: {Times}): they hold {Used} of {Total} bytes for readers that do not keep up (limits.memory)",
            times, used, total);

    public void RecordsFileDropped(string path, string key) => Main.Information("MX1074 the records in {Path} were dropped ({Key})", path, key);

    public void RecordsFileNotDropped(string path, string reason) =>
        Main.Warning("MX1076 the records in {Path} are to be dropped and cannot be: {Reason}", path, reason);

    public void RecordsDropped(string path, long count) =>
        Main.Warning("MX1075 records of sessions were dropped, which {Path} did not take in time: {Count}", path, count);

    public void HistoryShortened(string path, DateTimeOffset before, string key) =>
        Main.Information("MX1079 the history of traffic in {Path} from before {Day} was dropped ({Key})", path,
            before.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), key);

    public void SessionRefused(RequestInfo request, string limit)
    {
        if (!_gate.TryPass("MX2014", request.Client)) return;
        Main.Warning("MX2014 inbound {Inbound}: {Client} {User} to {Destination} refused: {Limit}",
            request.Inbound, request.Client, LogText.Clean(request.User ?? "-"), LogText.Clean(request.Destination.ToString()), LogText.Clean(limit));
    }

    public void DialFailed(RequestInfo request, string exit, DialFailure failure, string? detail)
    {
        // A target that fails is news for the operator; one that is refused is the client's own doing.
        if (failure == DialFailure.NotAllowed && !_gate.TryPass("MX3000", request.Client)) return;
        Main.Warning("MX3000 inbound {Inbound}: {Client} {User} to {Destination} through {Exit}: {Failure}: {Detail}",
            request.Inbound, request.Client, LogText.Clean(request.User ?? "-"), LogText.Clean(request.Destination.ToString()), exit, failure.ToString(),
            LogText.Clean(detail ?? ""));
    }

    public void SessionFailed(long id, RequestInfo request, string? exit, string side, string reason) =>
        Main.Debug("MX3001 session {Session} {Client} to {Destination} through {Exit}: the {Side} connection broke: {Reason}",
            id, request.Client, LogText.Clean(request.Destination.ToString()), exit, side, LogText.Clean(reason));

    public void ExitDown(string exit, string? reason) =>
        Main.Warning("MX3002 exit {Exit} is down: {Reason}", exit, LogText.Clean(reason ?? ""));

    public void ExitUp(string exit, string? reason) =>
        Main.Information("MX3003 exit {Exit} is up again: {Reason}", exit, LogText.Clean(reason ?? ""));

    public void CarriersLost(string exit, string reason) =>
        Main.Warning("MX3007 exit {Exit} has no carrier to its server: {Reason}", exit, reason);

    public void CarriersBack(string exit, TimeSpan away) =>
        Main.Information("MX3008 exit {Exit} has a carrier to its server again, after {Away}", exit, DurationText.Seconds(away));

    public void DatagramDropped(RequestInfo request, Destination destination, string reason)
    {
        if (!_gate.TryPass("MX3005", request.Client)) return;
        Main.Warning("MX3005 inbound {Inbound}: {Client} {User}: a datagram to {Destination} was dropped, others may be: {Reason}",
            request.Inbound, request.Client, LogText.Clean(request.User ?? "-"), LogText.Clean(destination.ToString()), LogText.Clean(reason));
    }

    public void AnswerFaulty(RequestInfo request, string reason)
    {
        if (!_gate.TryPass("MX3006", request.Client)) return;
        Main.Warning("MX3006 inbound {Inbound}: {Client} {User} to {Destination}: {Reason}",
            request.Inbound, request.Client, LogText.Clean(request.User ?? "-"), LogText.Clean(request.Destination.ToString()), reason);
    }

    public void NoticeFailed(string target, string type, string reason) =>
        Main.Warning("MX1090 the event {Type} cannot be told to {Target} now, it is tried again for a while: {Reason}", type, target, LogText.Clean(reason));

    public void NoticesBack(string target, long lost) => Main.Information("MX1091 events are told to {Target} again; events given up: {Lost}", target, lost);

    public void RuleReported(string rule, RequestInfo request, string would, string taken)
    {
        if (!_gate.TryPass("MX1105", request.Client)) return;
        Main.Information("MX1105 {Rule} would send {Client} {User} to {Destination} to {Would}, and only reports; it goes to {Exit}", rule, request.Client,
            LogText.Clean(request.User ?? "-"), LogText.Clean(request.Destination.ToString()), would, taken);
    }

    /// <param name="limit">The key of the limit.</param>
    /// <param name="client">The client.</param>
    /// <param name="does">What it would do to the client, as a verb.</param>
    /// <param name="reason">Why.</param>
    public void LimitReported(string limit, IPEndPoint client, string does, string reason)
    {
        if (!_gate.TryPass("MX1106", client)) return;
        Main.Information("MX1106 {Limit} would {Do} {Client}, and only reports: {Reason}", limit, does, client, LogText.Clean(reason));
    }

    public void ExitQuotaUsedUp(string exit, int sessions) =>
        Main.Warning("MX1118 exit {Exit} has used up the quota of this month; sessions cut: {Sessions}", exit, sessions);

    public void ExitDownCut(string exit, int sessions) =>
        Main.Warning("MX1117 exit {Exit} is down; sessions cut (on_down: cut): {Sessions}", exit, sessions);

    public void PoolChanged(string exit, int count, IReadOnlyCollection<string> added, IReadOnlyCollection<string> gone) => Main.Information(
        "MX1115 exit {Exit} has other addresses now: {Count}; {Added} came, {Gone} went", exit, count,
        added.Count == 0 ? "none" : string.Join(", ", added.Take(16)), gone.Count == 0 ? "none" : string.Join(", ", gone.Take(16)));

    public void GeoDatabaseRead(string path) => Main.Information("MX1107 the database of addresses {Path} has changed and is in use", path);

    public void GeoDatabaseFaulty(string path, string problem) =>
        Main.Warning("MX1108 the database of addresses {Path} has changed and is not in use, the one before stays: it {Problem}", path, problem);

    public void RuleSetLoaded(string set, int domains, int networks, int keywords) => Main.Information(
        "MX1100 rule set {Set}: in force with domains: {Domains}, networks: {Networks}, keywords: {Keywords}", set, domains, networks, keywords);

    /// <param name="set">The set.</param>
    /// <param name="reason">Why.</param>
    /// <param name="kept">When what stays in force was had; null: nothing was.</param>
    public void RuleSetFailed(string set, string reason, DateTimeOffset? kept) => Main.Warning(
        "MX1101 rule set {Set} cannot be had, {Meanwhile}: {Reason}", set,
        kept is { } time ? string.Create(CultureInfo.InvariantCulture, $"what was had at {time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC stays in force")
            : "and rules that depend on it do not match", LogText.Clean(reason));

    public void RuleSetBack(string set, TimeSpan away) =>
        Main.Information("MX1102 rule set {Set} can be had again, after {Away}", set, DurationText.Seconds(away));

    public void MembersLoaded(string group, int count) => Main.Information("MX1119 group {Group}: its list is in force, members: {Count}", group, count);

    /// <param name="group">The group.</param>
    /// <param name="reason">Why.</param>
    /// <param name="kept">When what stays in force was had; null: nothing was.</param>
    public void MembersFailed(string group, string reason, DateTimeOffset? kept) => Main.Warning(
        "MX1120 the list of members of group {Group} cannot be had, {Meanwhile}: {Reason}", group,
        kept is { } time ? string.Create(CultureInfo.InvariantCulture, $"what was had at {time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC stays in force")
            : "and was never had", LogText.Clean(reason));

    public void MembersBack(string group, TimeSpan away) =>
        Main.Information("MX1121 the list of members of group {Group} can be had again, after {Away}", group, DurationText.Seconds(away));

    public void MembersDropped(string group, int count, string first, string reason) => Main.Warning(
        "MX1123 group {Group}: exits that are no members any more by this configuration: {Count}, the first is {Member}: {Reason}",
        group, count, LogText.Clean(first), LogText.Clean(reason));

    public void BackEndAway(string backEnd, string place, string reason, DateTimeOffset since) => Main.Warning(
        "MX3011 back-end {BackEnd} ({Place}) gives no answer since {Since}: {Reason}", backEnd, LogText.Clean(place),
        string.Create(CultureInfo.InvariantCulture, $"{since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"), LogText.Clean(reason));

    public void BackEndBack(string backEnd, string place, TimeSpan away) =>
        Main.Information("MX3012 back-end {BackEnd} ({Place}) answers again, after {Away}", backEnd, LogText.Clean(place), DurationText.Seconds(away));

    public void CertificateRead(string files) => Main.Information("MX1068 {Files} changed and were read again; new connections use them", files);

    public void CertificateNotRead(string files, string reason) =>
        Main.Warning("MX1069 {Files} changed and cannot be used, so that those before stay in use: {Reason}", files, reason);

    public void AcceptFailed(string what, Exception exception) =>
        Main.Error(exception, "MX1087 {What} cannot take what comes to it, and tries again: {Reason}", what, exception.Message);

    public void Unexpected(string where, Exception exception) =>
        Main.Error(exception, "MX9000 unexpected failure in {Where}; please report it", where);

    /// <summary>Whether anybody reads <see cref="SessionEnded"/>.</summary>
    public bool HasAccess => _loggers.Access is not null;

    /// <summary>Writes one line of the access log.</summary>
    public void SessionEnded(SessionRecord session) => _loggers.Access?.Write(session);

    private static long LostIn(LoggerPair loggers) => loggers.Outputs.Sum(output => output.Lost);

    public void Dispose()
    {
        SayLeftOut(all: true);
        _loggers.Dispose();
    }
}
