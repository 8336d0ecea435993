using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Events;

/// <summary>Those who are told of what happens to a server.</summary>
public sealed class GatewayServerNotifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task A_command_reads_each_event_from_its_input()
    {
        const string Script = "cat >> \"$1\"; echo \"$MULTIEXIT_EVENT $MULTIEXIT_SERVER\" >> \"$1.names\"";
        NotifyConfig notify = new() { Command = ["/bin/sh", "-c", Script, "-", _folder["told"]] };
        await using TestGateway gateway = await TestGateway.StartAsync(Config(notify));
        await gateway.Server.ReloadAsync(Config(notify) with { Exits = [new DirectExitConfig { Name = "wan1" }] });
        await Wait.UntilAsync(() => File.Exists(_folder["told.names"]) && File.ReadAllLines(_folder["told.names"]).Length == 2);
        JsonElement[] told = [.. File.ReadAllLines(_folder["told"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["server-started", "config-applied"], told.Select(item => item.GetProperty("type").GetString()));
        Assert.All(told, item => Assert.Equal("edge", item.GetProperty("server").GetString()));
        Assert.Equal(["server-started edge", "config-applied edge"], File.ReadAllLines(_folder["told.names"]));
    }

    [UnixFact]
    public async Task A_command_whose_program_is_missing_is_warned_of_before_there_is_an_event()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config(new NotifyConfig { Command = [_folder["page"]] }));
        Assert.Equal("MX1066", Assert.Single(gateway.Server.GetWarnings()).Id);
        await File.WriteAllTextAsync(_folder["page"], "#!/bin/sh\n");
        Assert.Equal("MX1066", Assert.Single(gateway.Server.GetWarnings()).Id);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder["page"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Empty(gateway.Server.GetWarnings());
    }

    [UnixFact]
    public async Task A_command_that_leaves_a_program_in_the_background_has_taken_the_event()
    {
        // It holds the command's output open until this test ends it.
        const string Script = "sleep 300 & echo $! >> \"$1.ids\"; echo \"$MULTIEXIT_EVENT\" >> \"$1\"";
        NotifyConfig notify = new() { Command = ["/bin/sh", "-c", Script, "-", _folder["told"]] };
        await using TestGateway gateway = await TestGateway.StartAsync(Config(notify));
        await gateway.Server.ReloadAsync(Config(notify) with { Exits = [new DirectExitConfig { Name = "wan1" }] });
        await Wait.UntilAsync(() => File.Exists(_folder["told"]) && File.ReadAllLines(_folder["told"]).Length == 2);
        Assert.Equal(["server-started", "config-applied"], File.ReadAllLines(_folder["told"]));
        Assert.DoesNotContain("MX1090", Ids(gateway));
        foreach (string id in File.ReadAllLines(_folder["told.ids"])) Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture)).Kill();
    }

    [Fact]
    public async Task A_url_that_fails_is_tried_again_until_it_takes_the_event()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        NotifyConfig notify = new()
        {
            Url = new Secret($"http://{listener.LocalEndpoint}/hook?key=1"), Token = new Secret("t0ken"), Events = ["server-started"],
        };
        await using TestGateway gateway = await TestGateway.StartAsync(Config(notify));
        string first = await AnswerAsync(listener, "503 Service Unavailable");
        string second = await AnswerAsync(listener, "204 No Content");
        Assert.StartsWith("POST /hook?key=1 HTTP/1.1\r\n", second, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer t0ken\r\n", second, StringComparison.Ordinal);
        string body = second[second.IndexOf('{', StringComparison.Ordinal)..];
        Assert.Equal(body, first[first.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal("server-started", JsonDocument.Parse(body).RootElement.GetProperty("type").GetString());
        await Wait.UntilAsync(() => Ids(gateway).Contains("MX1091"));
        Assert.Single(Ids(gateway), id => id == "MX1090");
    }

    [Fact]
    public async Task A_url_that_never_answers_holds_up_neither_a_reload_nor_a_stop()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        NotifyConfig notify = new() { Url = new Secret($"http://{silent.LocalEndpoint}/") };
        await using TestGateway gateway = await TestGateway.StartAsync(Config(notify));
        await gateway.Server.ReloadAsync(Config(notify with { Events = ["exit-down"] })).WaitAsync(TestTransports.Patience);
        await gateway.Server.StopAsync(TimeSpan.Zero).WaitAsync(TestTransports.Patience);
    }

    private static IEnumerable<string> Ids(TestGateway gateway) => gateway.Server.GetLog(new()).Select(entry => entry.Id);

    private static GatewayConfig Config(NotifyConfig notify) => TestGateway.Mixed() with { Name = "edge", Notify = [notify] };

    private static async Task<string> AnswerAsync(TcpListener listener, string status)
    {
        using Socket client = await listener.AcceptSocketAsync().WaitAsync(TestTransports.Patience);
        StringBuilder request = new();
        byte[] buffer = new byte[8192];
        while (!request.ToString().EndsWith('}'))
            request.Append(Encoding.UTF8.GetString(buffer, 0, await client.ReceiveAsync(buffer).WaitAsync(TestTransports.Patience)));
        await client.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        return request.ToString();
    }
}
