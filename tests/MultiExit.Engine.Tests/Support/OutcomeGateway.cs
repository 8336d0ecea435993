using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A server with one user, an access log and a clock that the test moves: it ends one session in a given way and reads its line.</summary>
internal sealed partial class OutcomeGateway : IAsyncDisposable
{
    public const string Login = "YWxpY2U6c2VjcmV0"; // alice:secret
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private OutcomeGateway() { }

    public TestGateway Gateway { get; private set; } = null!;

    /// <summary>Starts it.</summary>
    /// <param name="quota">The user's quota, bytes.</param>
    public static async Task<OutcomeGateway> StartAsync(long quota = 1L << 30)
    {
        OutcomeGateway started = new();
        await started.StartAsync(TestGateway.Mixed(new LimitsConfig
        {
            UsageFile = started._folder["usage.json"],
            Users = new Dictionary<string, ScopeLimits>(StringComparer.Ordinal) { ["alice"] = new() { Quota = quota } },
        }, new UserConfig("alice", new Secret("secret"))));
        return started;
    }

    /// <summary>Starts it with an inbound that has no users.</summary>
    public static async Task<OutcomeGateway> StartAsync(InboundConfig inbound)
    {
        OutcomeGateway started = new();
        await started.StartAsync(new GatewayConfig { Inbounds = [inbound] });
        return started;
    }

    public async Task<TextPeer> ConnectAsync() => new(await Gateway.ConnectAsync());

    /// <summary>Asks for a UDP association.</summary>
    public async Task<(TextPeer Control, IPEndPoint Relay)> AssociateAsync()
    {
        TextPeer control = await ConnectAsync();
        await control.Stream.WriteAsync((byte[])[5, 1, 2, 1, 5, .. "alice"u8, 6, .. "secret"u8, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0]);
        byte[] answer = Encoding.Latin1.GetBytes(await control.ReadAsync(14));
        Assert.Equal(0, answer[5]);
        return (control, new IPEndPoint(IPAddress.Loopback, (answer[12] << 8) | answer[13]));
    }

    /// <summary>Ends the one live session from outside.</summary>
    public async Task EndAsync(string ending)
    {
        GatewayServer server = Gateway.Server;
        switch (ending)
        {
            case "stopped":
                Assert.True(server.StopSession(Assert.Single(server.GetSessions()).Id));
                break;
            case "revoked":
                Assert.Equal(1, server.CutUser("alice"));
                break;
            case "exit-disabled":
                Assert.Equal(1, server.SetExitEnabled("direct", enabled: false, cutSessions: true));
                break;
            case "idle":
                await PassAsync(TimeSpan.FromMinutes(11));
                break;
            case "quota":
                await PassAsync(TimeSpan.FromSeconds(1));
                break;
            default:
                Assert.Equal("drain", ending);
                await server.StopAsync(TimeSpan.Zero).WaitAsync(TestTransports.Patience);
                break;
        }
    }

    /// <summary>Stops the server once its session has ended, and reads the session's line in the access log.</summary>
    /// <returns>The network and the outcome.</returns>
    public async Task<(string Network, string Outcome)> ReadAsync()
    {
        // A session is listed while its client's connection lingers, which takes 2 s; the clock stays far from the idle time-out.
        await PassAsync(TimeSpan.FromMilliseconds(10));
        await Gateway.DisposeAsync();
        // Without the lines of single destinations of an association.
        IEnumerable<string> lines = Directory.GetFiles(_folder.Path, "access*").SelectMany(File.ReadAllLines);
        string line = Assert.Single(lines, line => !line.Contains(" flow=", StringComparison.Ordinal));
        Match match = Line().Match(line);
        Assert.True(match.Success, line);
        return (match.Groups["network"].Value, match.Groups["outcome"].Value);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(GatewayConfig config) => Gateway = await TestGateway.StartAsync(
        config with { Logging = new LoggingConfig { Access = new(_folder["access.log"]) } }, new GatewayOptions { Time = _time });

    private Task PassAsync(TimeSpan step) => Wait.UntilAsync(() =>
    {
        if (Gateway.Server.GetStatus().Sessions == 0) return true;
        _time.Advance(step);
        return false;
    });

    [GeneratedRegex(@" (alice|-) (?<network>tcp|udp) \S+ \S+ (?<outcome>\S+) up=\d+ down=\d+ ms=\d+ ",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Line();
}
