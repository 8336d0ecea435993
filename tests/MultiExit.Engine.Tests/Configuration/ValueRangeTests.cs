using System.Collections;
using System.Net;
using System.Reflection;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>A configuration that is made in code is checked as a file is, with the same sentences.</summary>
public sealed class ValueRangeTests
{
    private static readonly IPEndPoint Any = new(IPAddress.Loopback, 0);
    private static readonly Destination Server = Destination.FromAddress(IPAddress.Loopback, 1);
    private static readonly HealthConfig Health = new() { Target = HealthTarget.Parse("tcp://127.0.0.1:1") };
    private static readonly ScopeLimits Scope = new() { Connections = 1, NewPerSecond = 1, Bandwidth = 1024, Associations = 1, Quota = 1 };

    // A record of each type that has a value with a range.
    private static readonly GatewayConfig Whole = new()
    {
        Inbounds =
        [
            new MixedInboundConfig { Name = "mixed", Listen = Any },
            new Socks5InboundConfig { Name = "socks5", Listen = Any },
            new TransparentInboundConfig { Name = "transparent", Listen = Any, Redirect = new RedirectConfig() },
            new HttpInboundConfig { Name = "http", Listen = Any },
            new WebSocketInboundConfig { Name = "ws", Listen = Any },
            new TunnelInboundConfig { Name = "tunnel", Listen = Any, Keys = [new Secret("long enough")] },
            new EchTunnelInboundConfig { Name = "ech", Listen = Any },
            new ShadowsocksInboundConfig { Name = "ss", Listen = Any, Method = "aes-256-gcm", Password = new Secret("p") },
            new ForwardInboundConfig { Name = "forward", Listen = Any, Target = Server },
        ],
        Exits =
        [
            new DirectExitConfig { Name = "d", Mark = 1, Timeout = TimeSpan.FromSeconds(1), Health = Health },
            new Socks5ExitConfig { Name = "s", Server = Server, Timeout = TimeSpan.FromSeconds(1) },
            new HttpExitConfig { Name = "h", Server = Server, Timeout = TimeSpan.FromSeconds(1) },
            new WebSocketExitConfig { Name = "w", Server = Server, Timeout = TimeSpan.FromSeconds(1) },
            new TunnelExitConfig { Name = "t", Server = Server, Key = new Secret("long enough"), Timeout = TimeSpan.FromSeconds(1) },
            new EchTunnelExitConfig { Name = "e", Server = Server, Timeout = TimeSpan.FromSeconds(1) },
            new ShadowsocksExitConfig
            {
                Name = "ss", Server = Server, Method = "aes-256-gcm", Password = new Secret("p"), Timeout = TimeSpan.FromSeconds(1),
            },
            new Socks4ExitConfig { Name = "s4", Server = Server, Timeout = TimeSpan.FromSeconds(1) },
            new LightsocksExitConfig { Name = "ls", Server = Server, Password = new Secret("p"), Timeout = TimeSpan.FromSeconds(1) },
        ],
        Groups =
        [
            new GroupConfig
            {
                Name = "g", Exits = ["d"], Health = Health, Hedge = new HedgeConfig(TimeSpan.FromSeconds(1)),
                Publish = new PublishConfig(), Members = new MemberListConfig { File = "/tmp/list" },
            },
        ],
        Limits = new LimitsConfig
        {
            PerClient = Scope, PerUser = Scope, Lockout = LockoutConfig.Default,
            Users = new Dictionary<string, ScopeLimits> { ["alice"] = Scope }, Inbounds = new Dictionary<string, ScopeLimits> { ["mixed"] = Scope },
        },
        History = new HistoryConfig("/tmp/history"),
        Metrics = new MetricsConfig { Otlp = new OtlpConfig(new Uri("http://127.0.0.1:4318")) },
        Records = new RecordsConfig("/tmp/records.db"),
        Sets = [new RuleSetConfig("s") { File = "/tmp/list" }],
    };

    public static TheoryData<string, string> SameSentences => new()
    {
        { "inbounds[0].udp_per_user", "inbounds: [{ name: a, type: mixed, listen: \":1\", udp_per_user: 0 }]" },
        { "inbounds[0].max_line", "inbounds: [{ name: a, type: mixed, listen: \":1\", max_line: 1B }]" },
        { "inbounds[0].max_line", "inbounds: [{ name: a, type: mixed, listen: \":1\", max_line: 32KiB, max_head: 16KiB }]" },
        { "inbounds[0].head_timeout", "inbounds: [{ name: a, type: mixed, listen: \":1\", head_timeout: 2h }]" },
        { "limits.new_per_client", "inbounds: [{ name: a, type: mixed, listen: \":1\" }]\nlimits: { new_per_client: 0/s }" },
        { "limits.users.alice.bandwidth",
            "inbounds: [{ name: a, type: mixed, listen: \":1\", users: { alice: { password: p } } }]\n"
            + "limits: { users: { alice: { bandwidth: 1B/s } } }" },
        { "exits[0].limits.bandwidth",
            "inbounds: [{ name: a, type: mixed, listen: \":1\" }]\nexits: [{ name: d, type: direct, limits: { bandwidth: 1B/s } }]" },
        { "exits[0].weight", "inbounds: [{ name: a, type: mixed, listen: \":1\" }]\nexits: [{ name: d, type: direct, weight: 1001 }]" },
        { "groups[0].health.timeout",
            "inbounds: [{ name: a, type: mixed, listen: \":1\" }]\n"
            + "groups: [{ name: g, exits: [direct], health: { target: \"tcp://a:1\", interval: 1s, timeout: 2s } }]" },
    };

    private static readonly Dictionary<string, GatewayConfig> InCode = new()
    {
        ["inbounds[0].udp_per_user 0"] = With(new Socks5Options { UdpPerUser = 0 }),
        ["inbounds[0].max_line 1B"] = With(new HttpOptions { MaxLine = 1 }),
        ["inbounds[0].max_line 32KiB"] = With(new HttpOptions { MaxLine = 32 * 1024, MaxHead = 16 * 1024 }),
        ["inbounds[0].head_timeout 2h"] = With(new HttpOptions { HeadTimeout = TimeSpan.FromHours(2) }),
        ["limits.new_per_client 0/s"] = Whole with { Limits = new LimitsConfig { PerClient = new ScopeLimits { NewPerSecond = 0 } } },
        ["limits.users.alice.bandwidth 1B/s"] = Whole with
        {
            Limits = new LimitsConfig { Users = new Dictionary<string, ScopeLimits> { ["alice"] = new() { Bandwidth = 1 } } },
        },
        ["exits[0].limits.bandwidth 1B/s"] = Whole with { Exits = [new DirectExitConfig { Name = "d", Limits = new ScopeLimits { Bandwidth = 1 } }] },
        ["exits[0].weight 1001"] = Whole with { Exits = [new DirectExitConfig { Name = "d", Weight = 1001 }] },
        ["groups[0].health.timeout 2s"] = Whole with
        {
            Groups =
            [
                new GroupConfig
                {
                    Name = "g", Exits = ["direct"], Health = Health with { Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(2) },
                },
            ],
        },
    };

    [Theory, MemberData(nameof(SameSentences))]
    public async Task A_server_refuses_a_value_with_the_sentence_of_the_file(string path, string document)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(document));
        Assert.Equal(path, error.Path);
        string key = path[(path.LastIndexOf('.') + 1)..];
        string value = document[(document.IndexOf($"{key}: ", StringComparison.Ordinal) + key.Length + 2)..].Split(' ', ',')[0];
        GatewayConfig config = InCode[$"{path} {(key == "timeout" ? "2s" : value)}"];
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => GatewayServer.StartAsync(config, null, TestContext.Current.CancellationToken));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        Assert.Equal($"{path}: {error.Message}", refused.Message);
    }

    [Fact]
    public async Task A_reload_refuses_a_value_too()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        GatewayConfig config = gateway.Server.Config with { Limits = new LimitsConfig { Connections = 0 } };
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ReloadAsync(config));
        Assert.Equal("limits.connections: expected a whole number from 1 to 1000000, found \"0\"", refused.Message);
    }

    [Fact]
    public void Defaults_are_within_their_ranges() => Assert.Empty(Whole.FindProblems());

    [Fact]
    public void Every_number_and_duration_of_a_record_has_a_least_value()
    {
        (string Path, object Root)[] changed = [.. Mutations(Whole, "")];
        Assert.True(changed.Length > 60, $"only {changed.Length} values were found");
        Assert.All(changed, change => Assert.False(((GatewayConfig)change.Root).FindProblems() is [], $"{change.Path} is not checked"));
    }

    [Fact]
    public void Every_record_of_the_configuration_is_among_those_that_are_checked()
    {
        IEnumerable<Type> withNumbers = typeof(GatewayConfig).Assembly.GetTypes().Where(type =>
            type.Namespace is "MultiExit.Engine.Configuration.Inbounds" or "MultiExit.Engine.Configuration.Exits"
                or "MultiExit.Engine.Configuration.Groups" or "MultiExit.Engine.Configuration.Settings"
            && type.IsClass && !type.IsAbstract && type.GetMethod("<Clone>$") is not null
            && type.GetProperties().Any(property => property.SetMethod is not null && Lowest(property.PropertyType) is not null));
        HashSet<Type> reached = [.. Records(Whole).Select(record => record.GetType())];
        // Statuses are read from words such as 2xx, the port of a store is a part of its URL; SnatExit is no record of a document.
        IEnumerable<Type> others = withNumbers.Where(type => !reached.Contains(type) || type == typeof(HealthTarget));
        Assert.Equal(["HealthTarget", "SnatExit", "StoreAddress"], others.Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    private static GatewayConfig With(Socks5Options options) =>
        Whole with { Inbounds = [new MixedInboundConfig { Name = "a", Listen = Any, Socks5 = options }] };

    private static GatewayConfig With(HttpOptions options) => Whole with { Inbounds = [new MixedInboundConfig { Name = "a", Listen = Any, Http = options }] };

    // Each value in turn at the lowest that its type has.
    private static IEnumerable<(string Path, object Root)> Mutations(object record, string path)
    {
        foreach (PropertyInfo property in Settable(record))
        {
            string place = $"{path}/{record.GetType().Name}.{property.Name}";
            object? value = property.GetValue(record);
            if (Lowest(property.PropertyType) is { } lowest) yield return (place, Clone(record, property, lowest));
            else if (value is IDictionary dictionary && dictionary.Values.OfType<ScopeLimits>().FirstOrDefault() is { } limits)
            {
                foreach ((string inner, object changed) in Mutations(limits, place))
                    yield return (inner, Clone(record, property, new Dictionary<string, ScopeLimits> { ["alice"] = (ScopeLimits)changed }));
            }
            else if (value is IList list && property.PropertyType.GetGenericArguments() is [var item])
            {
                for (int i = 0; i < list.Count; i++)
                {
                    if (!IsRecord(list[i])) continue;
                    foreach ((string inner, object changed) in Mutations(list[i]!, place))
                    {
                        Array copy = Array.CreateInstance(item, list.Count);
                        list.CopyTo(copy, 0);
                        copy.SetValue(changed, i);
                        yield return (inner, Clone(record, property, copy));
                    }
                }
            }
            else if (IsRecord(value) && value is not HealthTarget)
            {
                foreach ((string inner, object changed) in Mutations(value!, place)) yield return (inner, Clone(record, property, changed));
            }
        }
    }

    private static IEnumerable<object> Records(object record) => Settable(record).Select(property => property.GetValue(record))
        .SelectMany(value => value is IDictionary dictionary ? dictionary.Values.Cast<object>() : value is IList list ? list.Cast<object>() : [value!])
        .Where(IsRecord).SelectMany(Records).Prepend(record);

    private static IEnumerable<PropertyInfo> Settable(object record) => record.GetType().GetProperties().Where(property => property.SetMethod is not null);

    private static bool IsRecord(object? value) =>
        value?.GetType() is { } type && type.Namespace!.StartsWith("MultiExit.Engine.Configuration", StringComparison.Ordinal)
            && type.GetMethod("<Clone>$") is not null;

    private static object? Lowest(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { } number when number == typeof(int) => int.MinValue,
        { } number when number == typeof(long) => long.MinValue,
        { } time when time == typeof(TimeSpan) => TimeSpan.MinValue,
        _ => null,
    };

    private static object Clone(object record, PropertyInfo property, object value)
    {
        object copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, value);
        return copy;
    }
}
