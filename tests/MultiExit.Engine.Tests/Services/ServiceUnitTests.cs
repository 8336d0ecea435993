using System.Diagnostics;
using System.Runtime.Versioning;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Services;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Services;

public sealed class ServiceUnitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeSystemd _systemd = new();

    private string Units => Path.Combine(_folder.Path, "units");

    private ServiceManager Manager => new(_systemd, Units);

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public void What_the_service_will_not_read_is_told_with_the_reason()
    {
        string open = File.Exists("/etc/hosts") ? "/etc/hosts" : "/etc/passwd";
        Assert.Empty(ServiceManager.FindUnreadable(new ServiceRequest("edge", open, "/opt/not-there/MultiExit.Host.dll")));
        Assert.Equal(
            [
                "The service will not read its configuration: /home is out of its sight (ProtectHome=). "
                    + "Have it as /etc/multiexit/edge.yaml, readable by all.",
                "The service will not find its program: /tmp is out of its sight (PrivateTmp=). "
                    + "Have the module where services can read it, as /usr/local/share/powershell/Modules is.",
            ],
            ServiceManager.FindUnreadable(new ServiceRequest("edge", "/home/olga/edge.yaml", "/tmp/module/MultiExit.Host.dll")));
        Assert.Empty(ServiceManager.FindUnreadable(new ServiceRequest("edge", "/homes/edge.yaml", "/tmpfiles/MultiExit.Host.dll")));
    }

    [LinuxFact("/dev/shm")]
    [SupportedOSPlatform("linux")]
    public void What_other_users_may_not_read_the_service_may_not_either()
    {
        // Not in /tmp, which is out of sight altogether.
        string folder = Directory.CreateDirectory($"/dev/shm/mx-{Guid.NewGuid():n}").FullName;
        try
        {
            string config = Path.Combine(folder, "edge.yaml");
            File.WriteAllText(config, "");
            const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(folder, All);
            File.SetUnixFileMode(config, All);
            ServiceRequest request = new("edge", config, "/opt/not-there");
            Assert.Empty(ServiceManager.FindUnreadable(request));
            File.SetUnixFileMode(config, All & ~UnixFileMode.OtherRead);
            Assert.Contains(
                $"{config} is not open to other users (chmod o+r)", Assert.Single(ServiceManager.FindUnreadable(request)), StringComparison.Ordinal);
            File.SetUnixFileMode(config, All);
            File.SetUnixFileMode(folder, All & ~UnixFileMode.OtherExecute);
            Assert.Contains(
                $"{folder} is not open to other users (chmod o+x)", Assert.Single(ServiceManager.FindUnreadable(request)), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_service_has_the_capabilities_limits_and_credentials_that_its_configuration_asks_for()
    {
        string config = Write("edge.yaml", """
            inbounds:
              - { name: hub, type: tunnel, listen: ":443", tls: { self_signed: true }, key: { credential: hub.key } }
            exits: [{ name: a, type: direct, mark: 7, interface: eth1 }]
            limits: { connections: 1000, drain_timeout: 2m }
            """);
        await Manager.InstallAsync(new ServiceRequest("edge", config, "/opt/m/MultiExit.Host.dll", "/root/50% secret"), start: true);
        string dropIn = File.ReadAllText(Path.Combine(Units, "multiexit@edge.service.d", "multiexit.conf"));
        string[] lines = dropIn.Split('\n');
        Assert.Contains("AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_ADMIN CAP_NET_RAW", lines);
        Assert.Contains("CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_NET_ADMIN CAP_NET_RAW", lines);
        Assert.Contains("LimitNOFILE=10096", lines);
        Assert.Contains("TimeoutStopSec=135s", lines);
        Assert.Contains("LoadCredential=hub.key:/root/50%% secret/hub.key", lines);
        Assert.Contains($"ExecStart=/usr/bin/env dotnet \"/opt/m/MultiExit.Host.dll\" run --config \"{config}\"", lines);
        Assert.Equal(["daemon-reload", "enable multiexit@edge.service", "start multiexit@edge.service"], _systemd.Changes);
    }

    [Fact]
    public async Task A_service_without_needs_has_no_capability()
    {
        await Manager.InstallAsync(Plain("edge"), start: false);
        string[] lines = File.ReadAllLines(Path.Combine(Units, "multiexit@edge.service.d", "multiexit.conf"));
        Assert.Contains("CapabilityBoundingSet=", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("LoadCredential", StringComparison.Ordinal));
        Assert.DoesNotContain("start multiexit@edge.service", _systemd.Changes);
    }

    [Theory]
    [InlineData("tproxy", "CAP_NET_ADMIN")]
    [InlineData("redirect", "")]
    public async Task A_service_that_takes_the_addresses_of_others_may_administer_the_network(string mode, string capabilities)
    {
        string config = Write("gate.yaml", $"inbounds: [{{ name: lan, type: transparent, mode: {mode}, listen: \":12345\" }}]\n");
        await Manager.InstallAsync(new ServiceRequest("gate", config, "/opt/m/MultiExit.Host.dll"), start: false);
        Assert.Contains($"AmbientCapabilities={capabilities}", File.ReadAllLines(Path.Combine(Units, "multiexit@gate.service.d", "multiexit.conf")));
    }

    // The template is of all instances, and has the module that was last installed from.
    [Fact]
    public void A_service_names_its_module_itself_also_with_the_configuration_that_the_template_has()
    {
        ServiceRequest request = new("edge", "/etc/multiexit/edge.yaml", "/opt/first/MultiExit.Host.dll");
        string dropIn = ServiceUnits.DropIn(request, new ServiceNeeds([], 4096, 15, []), []);
        Assert.Contains(
            "\nExecStart=\nExecStart=/usr/bin/env dotnet \"/opt/first/MultiExit.Host.dll\" run --config \"/etc/multiexit/edge.yaml\"\n",
            dropIn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_again_that_is_there()
    {
        await Manager.InstallAsync(Plain("edge"), start: false);
        _systemd.Changes.Clear();
        await Manager.InstallAsync(Plain("edge"), start: false);
        Assert.Equal(["enable multiexit@edge.service"], _systemd.Changes);
    }

    [Fact]
    public async Task The_template_goes_with_its_last_instance()
    {
        await Manager.InstallAsync(Plain("edge"), start: false);
        await Manager.InstallAsync(Plain("hub"), start: false);
        string template = Path.Combine(Units, "multiexit@.service");
        await Manager.UninstallAsync("edge");
        Assert.True(File.Exists(template));
        Assert.False(Directory.Exists(Path.Combine(Units, "multiexit@edge.service.d")));
        await Manager.UninstallAsync("hub");
        Assert.Empty(Directory.GetFileSystemEntries(Units));
        Assert.Equal("disable --now multiexit@hub.service", _systemd.Changes[^2]);
    }

    private const string ManyPorts = """
        inbounds:
          - { name: proxy, type: mixed, listen: ":443" }
          - { name: dns, type: forward, listen: "127.0.0.1:53", target: "192.0.2.1:53", network: udp }
          - { name: lan, type: transparent, listen: ":12345" }
          - { name: any, type: http, listen: "127.0.0.1:0" }
        """;

    [Fact]
    public async Task With_sockets_systemd_opens_the_ports_of_inbounds_and_the_service_has_no_right_to()
    {
        string config = Write("edge.yaml", ManyPorts);
        await Manager.InstallAsync(new ServiceRequest("edge", config, "/opt/m/MultiExit.Host.dll", HasSockets: true), start: true);
        string[] sockets = File.ReadAllLines(Path.Combine(Units, "multiexit@edge.socket.d", "multiexit.conf"));
        Assert.Equal(["ListenStream=[::]:443", "ListenDatagram=127.0.0.1:53"], sockets.Where(line => line.StartsWith("Listen", StringComparison.Ordinal)));
        string[] service = File.ReadAllLines(Path.Combine(Units, "multiexit@edge.service.d", "multiexit.conf"));
        Assert.Contains("Requires=multiexit@edge.socket", service);
        Assert.Contains("CapabilityBoundingSet=", service);
        Assert.Equal(
            ["daemon-reload", "enable multiexit@edge.socket multiexit@edge.service", "start multiexit@edge.socket", "start multiexit@edge.service"],
            _systemd.Changes);
        await Manager.UninstallAsync("edge");
        Assert.Equal("disable --now multiexit@edge.socket multiexit@edge.service", _systemd.Changes[^2]);
        Assert.Empty(Directory.GetFileSystemEntries(Units));
    }

    [Fact]
    public async Task A_service_that_opens_its_ports_itself_again_leaves_no_socket_unit()
    {
        string config = Write("edge.yaml", ManyPorts);
        await Manager.InstallAsync(new ServiceRequest("edge", config, "/opt/m/MultiExit.Host.dll", HasSockets: true), start: false);
        _systemd.Changes.Clear();
        await Manager.InstallAsync(new ServiceRequest("edge", config, "/opt/m/MultiExit.Host.dll"), start: false);
        Assert.Equal(["disable multiexit@edge.socket", "daemon-reload", "enable multiexit@edge.service"], _systemd.Changes);
        Assert.Empty(Directory.GetFileSystemEntries(Units, "*.socket*"));
        Assert.Contains("CapabilityBoundingSet=CAP_NET_BIND_SERVICE", File.ReadAllLines(Path.Combine(Units, "multiexit@edge.service.d", "multiexit.conf")));
    }

    [Fact]
    public async Task A_configuration_without_a_port_of_its_own_has_no_sockets_for_systemd()
    {
        string config = Write("edge.yaml", "inbounds: [{ name: a, type: mixed, listen: \"127.0.0.1:0\" }]\n");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => Manager.InstallAsync(new ServiceRequest("edge", config, "/opt/m/MultiExit.Host.dll", HasSockets: true), start: true));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        Assert.False(Directory.Exists(Units));
    }

    [Fact]
    public async Task A_drop_in_of_somebody_else_stays()
    {
        await Manager.InstallAsync(Plain("edge"), start: false);
        string own = Path.Combine(Units, "multiexit@edge.service.d", "override.conf");
        File.WriteAllText(own, "[Service]\n");
        await Manager.UninstallAsync("edge");
        Assert.True(File.Exists(own));
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => Manager.UninstallAsync("edge"));
        Assert.Equal(ProxyError.ServerState, refused.Reason);
    }

    [Fact]
    public async Task A_start_that_fails_is_told_with_where_its_log_is()
    {
        _systemd.Failing = "start";
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => Manager.InstallAsync(Plain("edge"), start: true));
        Assert.Contains("journalctl -u multiexit@edge.service", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("-a")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData("%i")]
    [InlineData("")]
    public async Task A_name_that_leads_elsewhere_is_refused(string name)
    {
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => Manager.InstallAsync(Plain(name), start: false));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        Assert.False(Directory.Exists(Units));
    }

    [Fact]
    public async Task A_configuration_that_is_not_valid_becomes_no_service()
    {
        string config = Write("edge.yaml", "inbounds: [{ name: a, type: mixd }]\n");
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => Manager.InstallAsync(new ServiceRequest("edge", config, "/opt/m/MultiExit.Host.dll"), start: true));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        Assert.Empty(_systemd.Changes);
    }

    [Fact]
    public async Task Services_are_read_from_what_systemctl_shows()
    {
        _systemd.Shown = """
            Id=multiexit@edge.service
            LoadState=loaded
            ActiveState=active
            SubState=running
            UnitFileState=enabled
            MainPID=4711
            ActiveEnterTimestamp=@1767225600
            NRestarts=2
            Result=success
            StatusText=listening on mixed://127.0.0.1:1080
            ExecStart={ path=/usr/bin/env ; argv[]=/usr/bin/env dotnet /opt/m/MultiExit.Host.dll run --config /srv/edge.yaml ; ignore_errors=no ; pid=4711 ; }

            Id=multiexit@gone.service
            LoadState=not-found
            ActiveState=inactive

            Id=multiexit@hub.service
            LoadState=loaded
            ActiveState=failed
            SubState=failed
            UnitFileState=disabled
            MainPID=0
            ActiveEnterTimestamp=
            NRestarts=0
            Result=exit-code
            """;
        IReadOnlyList<ServiceState> services = await Manager.ListAsync();
        Assert.Equal(
            [
                new("edge", "multiexit@edge.service", "active", "running", true, 4711, DateTimeOffset.FromUnixTimeSeconds(1767225600), 2, "success",
                    "listening on mixed://127.0.0.1:1080", "/srv/edge.yaml"),
                new("hub", "multiexit@hub.service", "failed", "failed", false, null, null, 0, "exit-code", null, "/etc/multiexit/hub.yaml"),
            ],
            services);
    }

    [Fact(SkipUnless = nameof(HasAnalyzer), Skip = "systemd-analyze is not installed")]
    public async Task The_units_pass_the_checks_of_systemd()
    {
        string config = Write("hub.yaml", "inbounds: [{ name: proxy, type: mixed, listen: \":443\", users: { a: { password: { credential: a } } } }]\n");
        string host = Write("MultiExit.Host.dll", "");
        await Manager.InstallAsync(new ServiceRequest("hub", config, host, HasSockets: true), start: false);
        string unit = Path.Combine(Units, "multiexit@hub.service");
        (int code, string output) = Analyze("verify", unit, Path.Combine(Units, "multiexit@hub.socket"));
        Assert.Equal((0, ""), (code, output));
        // The threshold is ten times the exposure level.
        (code, output) = Analyze("security", "--offline=true", "--threshold=20", unit);
        Assert.True(code == 0, output);
    }

    public static bool HasAnalyzer => File.Exists(Analyzer);

    private const string Analyzer = "/usr/bin/systemd-analyze";

    private static (int Code, string Output) Analyze(params string[] arguments)
    {
        ProcessStartInfo start = new(Analyzer, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        Task<string> problems = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, arguments[0] == "verify" ? problems.Result : output + problems.Result);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private ServiceRequest Plain(string name) => new(
        name, Write("plain.yaml", "inbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:1080\" }]\n"), "/opt/m/MultiExit.Host.dll");
}
