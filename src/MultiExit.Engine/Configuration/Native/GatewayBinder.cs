using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Makes a configuration of a document in the native schema.</summary>
internal static class GatewayBinder
{
    /// <summary>Reads the root.</summary>
    /// <returns>The configuration as far as it can be read; it counts only when the context has no errors.</returns>
    public static GatewayConfig Read(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a configuration");
        NameTable names = new(context.Errors);
        ListenTable listeners = new(context.Errors);
        UserTableBinder userBinder = new();
        ExitBinder exitBinder = new(names);
        GroupBinder groupBinder = new(names);
        RouteBinder routeBinder = new(names);

        string? name = NameBinder.ReadOptional(reader);
        RequireInbounds(reader);
        DnsConfig dns = SettingsBinder.ReadDns(reader);
        context.HasDoh = dns.Doh is not null;
        IReadOnlyList<UserConfig> users = userBinder.ReadTable(reader);
        NameParametersConfig? nameParameters = NameParametersBinder.Read(reader);
        names.DeclareUsers("", users);
        AuthConfig? auth = AuthBinder.Read(reader, "auth");
        InboundBinder inboundBinder = new(names, listeners, userBinder, auth, auth is null && reader.Has("auth"));
        bool whole = true;
        List<InboundConfig> inbounds = ReadAll(reader.Maps("inbounds", "an inbound"), inbound =>
        {
            InboundConfig? read = inboundBinder.Read(inbound);
            whole &= read is not null && (read.Tls is not null || !inbound.Has("tls"));
            return read;
        });
        // An inbound with an error of its own may be the one where users are known.
        if (whole) userBinder.CheckCredentials(inbounds, context.Errors);
        List<ExitConfig> exits = ReadAll(reader.Maps("exits", "an exit"), exitBinder.Read);
        List<GroupConfig> groups = ReadAll(reader.Maps("groups", "a group"), groupBinder.Read);
        GeoIpConfig geo = GeoIpBinder.Read(reader);
        IReadOnlyList<RuleSetConfig> sets = RuleSetBinder.Read(reader, names);
        List<RouteConfig> routes = ReadAll(reader.Maps("routes", "a rule"), routeBinder.Read);
        string? fallback = reader.Text("default", "the name of an exit or group");
        if (fallback is not null) names.UseExit(null, fallback, reader.Take("default")!.Place);
        LimitsConfig limits = LimitsBinder.Read(reader, names, userBinder.Limits, exits);
        LoggingConfig logging = SettingsBinder.ReadLogging(reader);
        SnatConfig snat = SnatBinder.Read(reader);
        IReadOnlyList<NotifyConfig> notify = NotifyBinder.Read(reader);
        HistoryConfig? history = HistoryBinder.Read(reader);
        RecordsConfig? records = RecordsBinder.Read(reader);
        FleetConfig? fleet = FleetBinder.Read(reader);
        (string? controlSocket, string? controlGroup, ControlReadersConfig? controlReaders) = ControlBinder.Read(reader);
        MetricsConfig metrics = MetricsBinder.Read(reader, listeners);
        DashboardConfig? dashboard = DashboardBinder.Read(reader, listeners);
        reader.Finish();
        names.CheckExits();

        GatewayConfig config = new()
        {
            Users = users, NameParameters = nameParameters, Auth = auth,
            Inbounds = inbounds, Exits = exits, Groups = groups, Routes = routes, Sets = sets, GeoIp = geo, Dns = dns,
            Limits = limits, Logging = logging,
            Snat = snat, History = history, Records = records, Fleet = fleet, Notify = notify,
            ControlSocket = controlSocket, ControlGroup = controlGroup, ControlReaders = controlReaders, Metrics = metrics,
            Dashboard = dashboard, Default = fallback ?? "direct",
        };
        // An error elsewhere may be why an exit is missing here.
        if (context.Errors.Count == 0)
        {
            SnatBinder.Check(reader, config);
            NameParametersBinder.Check(reader, config);
            CheckSessionHeader(reader, config);
            CheckAuth(reader, config);
            if (fleet is { Records: true } && records is null) context.Errors.Add(reader.Take("fleet")!.Place, FleetConfig.NoRecords);
            GeoIpBinder.Check(reader, config);
            HealthBinder.Check(reader, config);
            // A file of another program is accepted as it is printed; a request that comes round is ended in any case, and a start warns.
            if (!context.IsOfOtherProgram) LoopBinder.Check(reader, config);
            LeaseBinder.Check(reader, config);
        }
        return name is null ? config : config with { Name = name };
    }

    // Whoever has a back-end believes that clients are asked who they are.
    private static void CheckAuth(MapReader root, GatewayConfig config)
    {
        if (config.Auth is null || config.Inbounds.Any(inbound => inbound.Auth == config.Auth)) return;
        root.Context.Errors.Add(root.Take("auth")!.Place, "no inbound asks it; expected `users: all` at an inbound whose clients it knows");
    }

    private static void CheckSessionHeader(MapReader root, GatewayConfig config)
    {
        bool given = config.Inbounds.Any(inbound => inbound.SessionHeader is not null)
            || config.NameParameters?.Allowed.Contains(NameParameter.Session) == true;
        if (given || config.Groups.FirstOrDefault(group => group.Bind == BindingUnit.Header) is not { } user) return;
        root.Context.Errors.Add(root.Place with { Path = root.Place.PathOf("groups") },
            $"the group {user.Name} has `bind: header`, and nothing can say which session a client has: neither `session_header` of an http or mixed "
            + "inbound nor `session` in `name_parameters`");
    }

    private static void RequireInbounds(MapReader root)
    {
        const string Expected = "at least one inbound, such as - { name: proxy, type: mixed, listen: \"127.0.0.1:1080\" }";
        ConfigNode? node = root.Require("inbounds", Expected);
        if (node is ListNode { Items.Count: 0 }) root.Context.Values.Expect(node, Expected);
    }

    private static List<T> ReadAll<T>(IEnumerable<MapReader> readers, Func<MapReader, T?> read)
        where T : class
    {
        List<T> values = [];
        foreach (MapReader reader in readers)
        {
            if (read(reader) is { } value) values.Add(value);
        }
        return values;
    }
}
