using System.Runtime.Versioning;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>A full disk costs only what cannot be written, and never the start, a reload, a session or the stop.</summary>
public sealed class FullDiskTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private ManagedServer? _server;

    private ManagedServer Server => _server!;

    [SmallDiskFact]
    public async Task A_log_on_a_full_disk_is_moved_by_a_reload_and_does_not_hold_the_stop_up()
    {
        using SmallDisk disk = new();
        await StartAsync($"logging: {{ file: {disk["mx.log"]}, access: {disk["access.log"]} }}");
        disk.Fill();
        await FailLogAsync();
        ServerWarning warning = Assert.Single(Server.GetStatus().Warnings, warning => warning.Id == "MX1050");
        Assert.Matches("the log .*mx.log cannot be written, [1-9][0-9]* messages? (was|were) lost", warning.Message);

        await ReloadAsync($"logging: {{ file: {_folder["mx.log"]} }}");
        Assert.DoesNotContain(Server.GetStatus().Warnings, warning => warning.Id == "MX1050");
        await ReloadAsync($"logging: {{ file: {disk["mx.log"]} }}");
        await Server.StopAsync(TimeSpan.Zero);
        await Server.Completion;
    }

    [SmallDiskFact]
    public async Task A_log_starts_on_a_full_disk_and_catches_up_when_there_is_room()
    {
        using SmallDisk disk = new();
        disk.Fill();
        await StartAsync($"logging: {{ file: {disk["mx.log"]} }}");
        await FailLogAsync();
        disk.Empty();
        await ReloadAsync($"logging: {{ file: {disk["mx.log"]} }}");
        await Wait.UntilAsync(() => Directory.GetFiles(disk.Root, "mx*.log").Any(file => File.ReadAllText(file).Contains("MX1051", StringComparison.Ordinal)));
        Assert.DoesNotContain(Server.GetStatus().Warnings, warning => warning.Id == "MX1050");
    }

    [SmallDiskFact, UnsupportedOSPlatform("windows")]
    public async Task Nothing_that_a_server_keeps_decides_over_it_on_a_full_disk_and_all_is_written_when_there_is_room()
    {
        using SmallDisk disk = new();
        string keys = $$"""
            exits: [{ name: a, type: direct }]
            groups: [{ name: g, exits: [a], strategy: sticky, state: {{disk["g.state"]}} }]
            limits: { usage_file: {{disk["usage.json"]}} }
            history: { directory: {{disk["history"]}} }
            """;
        Directory.CreateDirectory(disk["history"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        disk.Fill();
        await StartAsync(keys);
        Assert.Equal(["MX1020", "MX1033", "MX2013"], Failing());
        await ReloadAsync(keys + "\ndefault: g");
        Assert.Equal("g", Server.Gateway.Config.Default);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => Server.ApplyAsync(ConfigLoader.LoadFile(_folder["edge.yaml"]), new ConfigRequest { ConfirmWithin = TimeSpan.FromSeconds(60) }));
        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
        Assert.Null(Server.Version);

        disk.Empty();
        _time.Advance(TimeSpan.FromSeconds(30));
        await Wait.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Failing().Length == 0;
        });
        Assert.Equal(1, Assert.Single(Server.GetVersions()).Number);
        Assert.Equal(3, Server.Gateway.GetLog(new LogQuery { Ids = ["MX1021"] }).Count);
        disk.Fill();
        await Server.StopAsync(TimeSpan.Zero);

        // Once more from the files that are there, on the full disk.
        _server = await ManagedServer.StartAsync(ConfigLoader.LoadFile(_folder["edge.yaml"]),
            new ManagedServerOptions { Gateway = new GatewayOptions { Time = _time } });
        Assert.Equal(1, Server.Version!.Number);
    }

    [SmallDiskFact, UnsupportedOSPlatform("windows")]
    public async Task A_change_that_is_not_confirmed_goes_back_to_what_a_full_disk_could_not_record_before()
    {
        using SmallDisk disk = new();
        string keys = $"history: {{ directory: {disk["history"]} }}\nexits: [{{ name: a, type: direct }}]";
        Directory.CreateDirectory(disk["history"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        disk.Fill();
        await StartAsync(keys);
        Assert.Null(Server.Version);
        disk.Empty();
        // Before the server has tried again by itself.
        Write(keys + "\ndefault: a");
        await Server.ApplyAsync(ConfigLoader.LoadFile(_folder["edge.yaml"]), new ConfigRequest { ConfirmWithin = TimeSpan.FromSeconds(60) });
        Assert.Equal("a", Server.Gateway.Config.Default);
        Assert.Equal(2, Server.Version!.Number);
        _time.Advance(TimeSpan.FromSeconds(61));
        await Wait.UntilAsync(() => Server.Version!.Number == 3);
        Assert.Equal("direct", Server.Gateway.Config.Default);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    private string[] Failing() => [.. Server.GetStatus().Warnings.Where(warning => warning.Id is "MX1020" or "MX1033" or "MX2013")
        .Select(warning => warning.Id).Order(StringComparer.Ordinal)];

    private void Write(string more) => File.WriteAllText(_folder["edge.yaml"], $"name: edge\ninbounds: [{ManagedEdge.Inbound}]\n{more}\n");

    private async Task StartAsync(string more)
    {
        Write(more);
        _server = await ManagedServer.StartAsync(ConfigLoader.LoadFile(_folder["edge.yaml"]),
            new ManagedServerOptions { Gateway = new GatewayOptions { Time = _time } });
    }

    private async Task ReloadAsync(string more)
    {
        Write(more);
        ConfigResult result = await Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.True(result.IsValid);
    }

    // Until the rest of the last page is used up.
    private Task FailLogAsync() => Wait.UntilAsync(() =>
    {
        for (int i = 0; i < 20; i++) Server.Gateway.Log.StoreNotWritten("MX1020", new string('x', 1000));
        return Server.Gateway.GetLog(new LogQuery { Ids = ["MX1050"] }).Count > 0;
    });
}
