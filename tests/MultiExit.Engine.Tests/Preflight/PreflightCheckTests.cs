using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Preflight.Checks;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Preflight;

/// <summary>What a host has for a configuration, on hosts of made-up files.</summary>
public sealed class PreflightCheckTests : IDisposable
{
    private const string Plain = """inbounds: [{ name: a, type: mixed, listen: "127.0.0.1:0" }]""";
    private readonly MadeUpHost _host = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("0000000000000000", "1024", PreflightStatus.Error, "CAP_NET_BIND_SERVICE is missing")]
    [InlineData("0000000000000400", "1024", PreflightStatus.Ok, "CAP_NET_BIND_SERVICE: there")]
    [InlineData("0000000000000000", "80", PreflightStatus.Ok, "the configuration needs none")]
    public async Task A_low_port_needs_its_capability_where_the_system_does_not_open_it(string held, string first, PreflightStatus status, string says)
    {
        _host.With("proc/self/status", $"Name:\tx\nCapEff:\t{held}\n").With("proc/sys/net/ipv4/ip_unprivileged_port_start", first + "\n");
        await ExpectAsync(new CapabilityCheck(), """inbounds: [{ name: a, type: http, listen: "127.0.0.1:443" }]""", status, says);
    }

    [Fact]
    public async Task Marks_without_CAP_NET_ADMIN_are_an_error_and_an_interface_without_CAP_NET_RAW_a_warning()
    {
        _host.With("proc/self/status", "CapEff:\t0000000000000000\n");
        IReadOnlyList<PreflightResult> results = await _host.LookAsync(
            new CapabilityCheck(), Config(Plain + "\nexits: [{ name: one, type: direct, mark: 7, interface: eth1 }]"));
        Assert.Equal([PreflightStatus.Error, PreflightStatus.Warning], results.Select(result => result.Status));
        Assert.All(results, result => Assert.Contains("AmbientCapabilities=", result.RecommendedAction, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1024", PreflightStatus.Warning, "may open 1024 descriptors, and limits.connections 1000 takes 2000")]
    [InlineData("2000", PreflightStatus.Ok, "2000 descriptors")]
    [InlineData("unlimited", PreflightStatus.Ok, "no limit")]
    public async Task Descriptors_are_compared_with_the_connections(string limit, PreflightStatus status, string says)
    {
        _host.With("proc/self/limits", $"Limit             Soft Limit     Hard Limit     Units\nMax open files    {limit}           524288         files\n");
        await ExpectAsync(new DescriptorCheck(), Plain + "\nlimits: { connections: 1000 }", status, says);
    }

    [Theory]
    [InlineData("32768\t60999", "", PreflightStatus.Ok, "28232 ports")]
    [InlineData("50000\t50999", "", PreflightStatus.Warning, "1000 ports towards one destination, fewer than limits.connections 10000")]
    [InlineData("1000\t60999", "", PreflightStatus.Warning, "inbound a (tcp 127.0.0.1:40000): any connection of this host may have taken the port")]
    [InlineData("1000\t60999", "40000", PreflightStatus.Ok, "ports towards each destination")]
    public async Task Ephemeral_ports_suffice_and_do_not_hold_a_listener(string range, string reserved, PreflightStatus worst, string says)
    {
        _host.With("proc/sys/net/ipv4/ip_local_port_range", range).With("proc/sys/net/ipv4/ip_local_reserved_ports", reserved);
        string port = range.StartsWith("1000", StringComparison.Ordinal) ? "40000" : "1080";
        IReadOnlyList<PreflightResult> results = await _host.LookAsync(
            new EphemeralPortCheck(), Config($"inbounds: [{{ name: a, type: mixed, listen: \"127.0.0.1:{port}\" }}]"));
        Assert.Contains(results, result => result.Detail.Contains(says, StringComparison.Ordinal));
        Assert.Equal(worst, results.Max(result => result.Status));
    }

    [Theory]
    [InlineData("1", "0", "eth1", PreflightStatus.Warning, "eth0 has the strict filter and no default route: answers to exit one are dropped")]
    [InlineData("0", "1", "eth1", PreflightStatus.Warning, "answers to exit one are dropped")]
    [InlineData("2", "1", "eth1", PreflightStatus.Ok, "answers come through on 1 interface of exits")]
    [InlineData("1", "1", "eth0", PreflightStatus.Ok, "answers come through")]
    public async Task A_strict_filter_on_an_interface_without_a_default_route_drops_answers(
        string own, string all, string way, PreflightStatus status, string says)
    {
        _host.With("proc/sys/net/ipv4/conf/all/rp_filter", all).With("proc/sys/net/ipv4/conf/eth0/rp_filter", own)
            .With("proc/net/route", $"Iface\tDestination\tGateway\n{way}\t00000000\t0100A8C0\neth0\t000200C0\t00000000\n");
        await ExpectAsync(new SourceFilterCheck(), Plain + "\nexits: [{ name: one, type: direct, address: 192.0.2.1 }]", status, says);
    }

    [Theory]
    [InlineData("4096\t131072\t6291456", PreflightStatus.Ok, "net.ipv4.tcp_rmem up to 6 MiB")]
    [InlineData("4096\t16384\t262144", PreflightStatus.Warning, "net.ipv4.tcp_rmem ends at 262144 bytes: over 100 ms that is 20 Mbit/s")]
    public async Task Small_buffers_are_warned_of_with_what_they_cost(string receive, PreflightStatus status, string says)
    {
        _host.With("proc/sys/net/ipv4/tcp_rmem", receive).With("proc/sys/net/ipv4/tcp_wmem", "4096\t16384\t4194304");
        await ExpectAsync(new BufferCheck(), Plain, status, says);
    }

    [Theory]
    [InlineData("262144", "10", PreflightStatus.Ok, "10 of 262144 in use")]
    [InlineData("16384", "10", PreflightStatus.Warning, "has room for 16384 connections, and limits.connections 10000 takes 20000")]
    [InlineData("65536", "65000", PreflightStatus.Warning, "nearly full, 65000 of 65536")]
    public async Task The_table_of_the_firewall_has_room(string most, string used, PreflightStatus status, string says)
    {
        _host.With("proc/sys/net/netfilter/nf_conntrack_max", most).With("proc/sys/net/netfilter/nf_conntrack_count", used);
        await ExpectAsync(new ConnectionTrackingCheck(), Plain, status, says);
    }

    [Theory]
    [InlineData(true, 0, PreflightStatus.Ok, "kept by a time service")]
    [InlineData(false, 0, PreflightStatus.Warning, "no time service keeps it")]
    [InlineData(null, 0, PreflightStatus.Skipped, "is not known")]
    [InlineData(true, -60, PreflightStatus.Error, "it cannot be 1970-")]
    public async Task The_clock_can_be_right_and_is_kept(bool? isSynchronized, int years, PreflightStatus status, string says)
    {
        _host.IsClockSynchronized = isSynchronized;
        _host.Time.WallOffset = TimeSpan.FromDays(365.25 * years);
        await ExpectAsync(new ClockCheck(), Plain, status, says);
    }

    [Fact]
    public async Task A_resolver_that_answers_is_well_and_one_that_does_not_is_an_error()
    {
        const string Config = Plain + "\ndns: { doh: \"https://192.0.2.53/dns-query\" }";
        _host.Resolver.Answer = (_, _) => Task.FromResult(DnsReply.Failed(DnsStatus.NoSuchName, "no such name"));
        await ExpectAsync(new ResolverCheck(), Config, PreflightStatus.Ok, "https://192.0.2.53/dns-query answers in");
        _host.Resolver.Answer = (_, _) => Task.FromResult(DnsReply.Failed(DnsStatus.Unreachable, "the resolver cannot be reached: refused"));
        await ExpectAsync(new ResolverCheck(), Config, PreflightStatus.Error, "cannot be reached: refused");
        await ExpectAsync(new ResolverCheck(), Plain, PreflightStatus.Skipped, "no resolver is configured");
    }

    [Fact]
    public async Task A_library_for_ECH_is_looked_for_where_an_exit_hides_its_server()
    {
        string config = Plain + "\nexits: [{ name: far, type: http, server: \"https://far.example\", tls: { ech: {} } }]"
            + "\ndns: { doh: \"https://192.0.2.53/dns-query\" }";
        await ExpectAsync(new EchLibraryCheck(), config, PreflightStatus.Ok, "NSS 3.112 for exit far");
        _host.EchLibrary = () => throw new ProxyException(ProxyError.MissingLibrary, "ECH needs a library");
        await ExpectAsync(new EchLibraryCheck(), config, PreflightStatus.Error, "exit far: ECH needs a library");
        await ExpectAsync(new EchLibraryCheck(), Plain, PreflightStatus.Skipped, "nothing needs one");
    }

    [Theory]
    [InlineData(-400, 200, PreflightStatus.Ok, "inbound a: 200 days left, until ")]
    [InlineData(-400, 5, PreflightStatus.Warning, "inbound a: 5 days left, until ")]
    [InlineData(-400, -1, PreflightStatus.Error, "expired on")]
    [InlineData(2, 200, PreflightStatus.Error, "is not valid before")]
    public async Task The_days_of_a_certificate_are_counted(int from, int to, PreflightStatus status, string says)
    {
        DateTimeOffset now = _host.Time.GetUtcNow();
        using TestCertificate certificate = new("a.example", now.AddDays(from), now.AddDays(to).AddHours(1));
        await ExpectAsync(new CertificateDaysCheck(),
            $$"""
            inbounds:
              - { name: a, type: mixed, listen: "127.0.0.1:0", tls: { cert: "{{certificate.CertificateFile}}", key: "{{certificate.KeyFile}}" } }
            """,
            status, says);
    }

    [Fact]
    public async Task Every_check_has_a_result_and_a_host_without_files_is_no_fault()
    {
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        IReadOnlyList<PreflightResult> results = await ServerPreflight.RunAsync(_host.Context(Config(Plain), transport), TestContext.Current.CancellationToken);
        Assert.Equal(ServerPreflight.Names, results.Select(result => result.Name).Distinct());
        Assert.All(results, result => Assert.NotEqual(PreflightStatus.Error, result.Status));
        Assert.All(results.Where(result => result.Status == PreflightStatus.Warning), result => Assert.NotNull(result.RecommendedAction));
    }

    [Fact]
    public async Task A_server_checks_its_own_host_over_the_control_socket()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        IReadOnlyList<PreflightResult> results = await gateway.Client.CheckHostAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ServerPreflight.Names, results.Select(result => result.Name).Distinct());
        Assert.Equal(PreflightStatus.Ok, results.Single(result => result.Name == "ports").Status);
    }

    private async Task ExpectAsync(PreflightCheck check, string config, PreflightStatus status, string says)
    {
        IReadOnlyList<PreflightResult> results = await _host.LookAsync(check, Config(config));
        PreflightResult result = Assert.Single(results);
        Assert.Contains(says, result.Detail, StringComparison.Ordinal);
        Assert.Equal(status, result.Status);
        Assert.Equal(status is PreflightStatus.Error or PreflightStatus.Warning, result.RecommendedAction is not null);
    }

    private GatewayConfig Config(string text)
    {
        string file = _folder["edge.yaml"];
        File.WriteAllText(file, text);
        ConfigResult result = ConfigLoader.LoadFile(file);
        return result.IsValid ? result.Config : throw new InvalidOperationException(string.Join('\n', result.Errors));
    }
}
