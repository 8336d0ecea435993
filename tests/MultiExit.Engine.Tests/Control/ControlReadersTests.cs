using System.Runtime.Versioning;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Control;

/// <summary>The socket of readers, and the groups of sockets.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlReadersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfGroup = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    [UnixFact]
    public async Task A_reader_is_refused_with_a_reason_of_its_own_by_the_client_too()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(WithReaders("r"));
        ControlClient reader = new(_folder["r"]);
        Assert.Equal(ServerState.Running, (await reader.GetStatusAsync()).State);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => reader.SetExitEnabledAsync("direct", enabled: false));
        Assert.Equal(ProxyError.OperatorNeeded, refused.Reason);
        Assert.Contains("only operators change something", refused.Message, StringComparison.Ordinal);
        Assert.True((await reader.GetExitsAsync())[0].Enabled);
    }

    [UnixFact]
    public async Task It_moves_and_goes_with_a_reload_and_ends_with_the_server()
    {
        string path;
        await using (ControlledGateway gateway = await ControlledGateway.StartAsync(WithReaders("r")))
        {
            await gateway.ReloadAsync(WithReaders("other") with { ControlSocket = gateway.Path });
            Assert.False(File.Exists(_folder["r"]));
            path = _folder["other"];
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
            await gateway.ReloadAsync(TestGateway.Mixed() with { ControlSocket = gateway.Path });
            Assert.False(File.Exists(path));
            await gateway.ReloadAsync(WithReaders("other") with { ControlSocket = gateway.Path });
            Assert.True(File.Exists(path));
        }
        Assert.False(File.Exists(path));
    }

    [UnixFact]
    public async Task A_group_of_the_system_may_use_a_socket_until_a_reload_says_otherwise()
    {
        // Every user is in a group of its own; this process is in at least one.
        string group = await GroupAsync();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(WithReaders("r", group) with { ControlGroup = group });
        Assert.Equal((OfGroup, OfGroup), (File.GetUnixFileMode(gateway.Path), File.GetUnixFileMode(_folder["r"])));
        // Others find the socket in its folder, and its own mode decides.
        Assert.True(File.GetUnixFileMode(Path.GetDirectoryName(gateway.Path)!).HasFlag(UnixFileMode.OtherExecute));
        await gateway.ReloadAsync(WithReaders("r", group) with { ControlSocket = gateway.Path });
        Assert.Equal((OwnerOnly, OfGroup), (File.GetUnixFileMode(gateway.Path), File.GetUnixFileMode(_folder["r"])));
        await gateway.ReloadAsync(WithReaders("r") with { ControlSocket = gateway.Path, ControlGroup = group });
        Assert.Equal((OfGroup, OwnerOnly), (File.GetUnixFileMode(gateway.Path), File.GetUnixFileMode(_folder["r"])));
    }

    [UnixFact]
    public async Task A_group_that_is_not_there_is_an_error_and_leaves_no_socket()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        string path = _folder["r"];
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => ControlledGateway.StartServerAsync(TestGateway.Mixed() with { ControlSocket = path, ControlGroup = "no-such-group" }));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        Assert.Equal($"{path}: this system has no group no-such-group", refused.Message);
        Assert.False(File.Exists(path));
        await Assert.ThrowsAsync<ProxyException>(
            () => gateway.ReloadAsync(TestGateway.Mixed() with { ControlSocket = gateway.Path, ControlGroup = "no-such-group" }));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(gateway.Path));
    }

    [LinuxFact("take-overs")]
    public async Task The_next_process_takes_the_socket_of_readers_and_decides_whose_it_is()
    {
        string group = await GroupAsync();
        await using TakeoverRig rig = new();
        string readers = rig["r"];
        rig.Write("");
        string text = await File.ReadAllTextAsync(rig.File);
        string second = $"readers: {{ socket: {readers}, group: {group} }} }}\n";
        await File.WriteAllTextAsync(rig.File, text.Replace(" }\n", $", group: {group}, {second}", StringComparison.Ordinal));
        await rig.StartAsync();
        Assert.Equal(OfGroup, File.GetUnixFileMode(rig.Socket));
        await File.WriteAllTextAsync(rig.File, text.Replace(" }\n", $", {second}", StringComparison.Ordinal));
        ManagedServer next = await rig.TakeOverAsync();
        Assert.Equal((OwnerOnly, OfGroup), (File.GetUnixFileMode(rig.Socket), File.GetUnixFileMode(readers)));
        Assert.Equal(next.GetStatus().Started, (await new ControlClient(readers).GetStatusAsync()).Started);
    }

    public void Dispose() => _folder.Dispose();

    private GatewayConfig WithReaders(string name, string? group = null) =>
        TestGateway.Mixed() with { ControlReaders = new ControlReadersConfig(_folder[name], group) };

    private static async Task<string> GroupAsync()
    {
        using System.Diagnostics.Process id = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("id", "-gn") { RedirectStandardOutput = true, UseShellExecute = false })!;
        string group = (await id.StandardOutput.ReadToEndAsync()).Trim();
        await id.WaitForExitAsync();
        return group;
    }
}
