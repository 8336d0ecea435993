using MultiExit.Engine.Status;

namespace MultiExit.Engine.Metrics;

/// <summary>Every metric of a server, in the order in which they are shown (docs/metrics.md lists them). A name, unit or label never changes its
/// meaning.</summary>
internal static class MetricCatalog
{
    public static readonly MetricDefinition Build = Gauge("multiexit.build.info", "{server}", "Always 1; the labels say which server of which version it is.",
        "server", "version");

    public static readonly MetricDefinition StartTime = Gauge("multiexit.start.time", "s", "When the server started, in seconds since 1970.");

    public static readonly MetricDefinition SessionDuration = new("multiexit.session.duration", MetricType.Histogram, "s",
        "How long the sessions that have ended lasted, from the request to the end.", "inbound", "outcome")
    {
        Bounds = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400],
    };

    public static readonly MetricDefinition DialDuration = new("multiexit.exit.dial.duration", MetricType.Histogram, "s",
        "How long the dials of an exit took, failed ones included.", "exit", "outcome")
    {
        Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    public static readonly MetricDefinition AskDuration = new("multiexit.auth.duration", MetricType.Histogram, "s",
        "How long the answers of back-ends to logins took; `outage`: there was none; `unusable`: it could not be used.", "backend", "outcome")
    {
        Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    public static readonly MetricDefinition BackEndUp = Gauge("multiexit.auth.up", "{backend}",
        "0 where a back-end did not answer the last login that it was asked about, otherwise 1.", "backend");

    public static readonly MetricDefinition SessionsStarted = Counter("multiexit.session.started", "{session}", "Sessions that began, refused ones included.",
        "inbound");

    public static readonly MetricDefinition SessionsEnded = Counter("multiexit.session.ended", "{session}",
        "Sessions that ended, by the exit that served them or failed last, and by how they ended.", "exit", "outcome");

    public static readonly MetricDefinition NetworkIo = Counter("multiexit.network.io", "By",
        "Bytes passed on through an exit, those of live sessions included; up is from the client to the target.", "inbound", "exit", "direction");

    public static readonly MetricDefinition ClientsRefused = Counter("multiexit.client.refused", "{refusal}",
        "Connections, sessions and associations that were refused, by the reason.", "inbound", "reason");

    public static readonly MetricDefinition LoginsFailed = Counter("multiexit.login.failed", "{login}", "Failed logins.", "inbound");

    public static readonly MetricDefinition DatagramsDropped = Counter("multiexit.datagram.dropped", "{datagram}",
        "Datagrams of associations that no exit took, or for which there was no room.");

    public static readonly MetricDefinition LogDropped = Counter("multiexit.log.dropped", "{message}",
        "Lines of the log and the access log that could not be written.");

    public static readonly MetricDefinition RecordsDropped = Counter("multiexit.record.dropped", "{record}",
        "Records of sessions that were dropped, since too many waited to be written.");

    public static readonly MetricDefinition SessionsLive = Gauge("multiexit.session.live", "{session}", "Sessions now.", "inbound");

    public static readonly MetricDefinition ExitSessionsLive = Gauge("multiexit.exit.session.live", "{session}", "Sessions now that an exit serves.", "exit");

    public static readonly MetricDefinition ConnectionsLive = Gauge("multiexit.connection.live", "{connection}", "Connections of clients now.");

    public static readonly MetricDefinition ClientsLocked = Gauge("multiexit.client.locked", "{client}", "Clients that are locked out now.");

    public static readonly MetricDefinition ExitUp = Gauge("multiexit.exit.up", "{exit}",
        "1 where new connections can go through the exit or group as far as is known, otherwise 0.", "exit");

    public static readonly MetricDefinition ExitEnabled = Gauge("multiexit.exit.enabled", "{exit}",
        "0 where an operator has taken the exit or group out of use, otherwise 1.", "exit");

    public static readonly MetricDefinition PortsFree = Gauge("multiexit.exit.port.free", "{port}",
        "How many more connections a direct exit can have with the destination that it has most with.", "exit");

    public static readonly MetricDefinition Carriers = Gauge("multiexit.exit.carrier.live", "{carrier}", "Carriers of a tunnel exit now.", "exit");

    public static readonly MetricDefinition CarrierMemory = Gauge("multiexit.carrier.memory.used", "By",
        "Memory that carriers hold for readers that do not keep up.");

    public static readonly MetricDefinition CarrierMemoryLimit = Gauge("multiexit.carrier.memory.limit", "By", "The most of it (limits.memory).");

    public static readonly MetricDefinition CarrierStalls = Counter("multiexit.carrier.stalled", "{stall}",
        "How often a carrier was not read for want of that memory.");

    public static readonly MetricDefinition QuotaUsers = Gauge("multiexit.quota.user", "{user}",
        "Users with a quota, by its use this month: ok, near (90 % and more) or over.", "state");

    public static readonly MetricDefinition ExitQuota = Gauge("multiexit.exit.quota.used", "1",
        "The part of its quota that an exit has used this month.", "exit");

    public static readonly MetricDefinition CertificateLeft = Gauge("multiexit.certificate.left", "s",
        "How long the certificate of an inbound is still valid; less than 0 when it has ended.", "inbound");

    public static readonly MetricDefinition Descriptors = Gauge("multiexit.descriptor.used", "{descriptor}", "Descriptors of the process now.");

    public static readonly MetricDefinition DescriptorLimit = Gauge("multiexit.descriptor.limit", "{descriptor}", "The most of them (RLIMIT_NOFILE).");

    public static readonly MetricDefinition Reported = Counter("multiexit.report.matched", "{request}",
        "Requests and connections that a rule with `action: report` matched, or that a limit with `shadow: true` would have refused; "
            + "of a bandwidth, how often it would have held a session back.", "source");

    public static readonly MetricDefinition GroupMembers = Gauge("multiexit.group.member", "{member}",
        "Members of a group: configured, published or list.", "group", "origin");

    public static readonly MetricDefinition SetEntries = Gauge("multiexit.set.entry", "{entry}", "Entries of a rule set in force.", "set");

    public static readonly MetricDefinition SetsFailing = Gauge("multiexit.set.failing", "{set}",
        "1 where a rule set cannot be had now, otherwise 0.", "set");

    public static readonly MetricDefinition StoresFailing = Gauge("multiexit.store.failing", "{store}",
        "Files of the server that cannot be written now: logs, usage, bindings, versions.");

    public static readonly MetricDefinition FleetStoreUp = Gauge("multiexit.fleet.store.up", "{store}",
        "1 where the store of the fleet answered the last time, otherwise 0.");

    public static readonly MetricDefinition FleetStoreLag = Gauge("multiexit.fleet.store.lag", "s", "How old the newest answer of the fleet's store is.");

    public static readonly MetricDefinition FleetRecordsDropped = Counter("multiexit.fleet.record.dropped", "{record}",
        "Records of sessions that the fleet's store will never have.");

    public static readonly MetricDefinition ConfigFailed = Gauge("multiexit.config.refused", "{configuration}",
        "1 where the last configuration that was offered is not in force, otherwise 0.");

    public static readonly MetricDefinition UserIo = Counter("multiexit.user.network.io", "By",
        "Bytes of a user, those of live sessions included (metrics.per_user).", "user", "direction");

    public static readonly MetricDefinition UserSessions = Gauge("multiexit.user.session.live", "{session}",
        "Sessions of a user now (metrics.per_user).", "user");

    public static readonly MetricDefinition UserQuota = Gauge("multiexit.user.quota.used", "1",
        "The part of its quota that a user has used this month (metrics.per_user).", "user");

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<MetricDefinition> All =
    [
        Build, StartTime, SessionsStarted, SessionsEnded, SessionsLive, SessionDuration, ConnectionsLive, NetworkIo, ClientsRefused, ClientsLocked,
        LoginsFailed, AskDuration, BackEndUp,
        DatagramsDropped, ExitUp, ExitEnabled, ExitSessionsLive, DialDuration, PortsFree, Carriers, CarrierMemory, CarrierMemoryLimit,
        CarrierStalls, ExitQuota, QuotaUsers, UserIo, UserSessions, UserQuota, CertificateLeft, Descriptors, DescriptorLimit, Reported, GroupMembers,
        SetEntries, SetsFailing, StoresFailing, FleetStoreUp, FleetStoreLag, FleetRecordsDropped, LogDropped, RecordsDropped, ConfigFailed,
    ];

    private static MetricDefinition Counter(string name, string unit, string description, params string[] labels) =>
        new(name, MetricType.Counter, unit, description, labels);

    private static MetricDefinition Gauge(string name, string unit, string description, params string[] labels) =>
        new(name, MetricType.Gauge, unit, description, labels);
}
