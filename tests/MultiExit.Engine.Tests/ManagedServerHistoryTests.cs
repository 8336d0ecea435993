using System.Runtime.Versioning;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>Versions: which are kept, which one a start takes, how one is restored.</summary>
public sealed class ManagedServerHistoryTests
{
    [Fact]
    public async Task Every_configuration_put_in_force_is_a_version()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        ConfigVersion? set = await edge.Server.ApplyAsync(edge.Other(edge.Text(2)));
        ConfigVersion restored = await edge.Server.RestoreAsync(1);
        Assert.Equal(1, edge.Weight);
        Assert.Equal(
            [(1, ConfigChange.Start, ConfigOutcome.Applied), (2, ConfigChange.Set, ConfigOutcome.Applied), (3, ConfigChange.Restore, ConfigOutcome.Applied)],
            edge.Versions);
        ConfigVersion first = edge.Server.GetVersions()[0];
        Assert.Equal((edge.File, Environment.UserName, edge.Time.GetUtcNow(), "valid (native)"), (first.File, first.Who, first.Time, first.Check));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(edge.File))), first.Sha256);
        Assert.NotEqual(first.Sha256, set!.Sha256);
        Assert.Equal(first.Sha256, restored.Sha256);
        Assert.Equal("valid (native), version 1 again", restored.Check);
        Assert.Equal(edge.Server.GetVersions(), ConfigHistory.List(edge.History));
    }

    [UnixFact, UnsupportedOSPlatform("windows")]
    public async Task The_history_is_open_to_its_owner_alone()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        Assert.NotEmpty(Directory.GetFiles(edge.History));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(edge.History));
        foreach (string file in Directory.GetFiles(edge.History)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task The_same_text_again_is_no_other_version_and_the_oldest_go()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        for (int weight = 2; weight < 12; weight++)
        {
            edge.Write(edge.Text(weight));
            await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        }
        Assert.Equal([7, 8, 9, 10, 11], edge.Versions.Select(version => version.Number));
        await edge.StopAsync();
        await edge.StartAsync();
        Assert.Equal(11, edge.Server.Version!.Number);
        Assert.Equal([7, 8, 9, 10, 11], edge.Versions.Select(version => version.Number));
    }

    [Fact]
    public async Task What_was_refused_is_no_version()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(edge.Other(
            edge.Text(2, "{ name: proxy, type: mixed, listen: \"192.0.2.1:1\" }"))));
        Assert.Single(edge.Server.GetVersions());
        Assert.Equal(["1.json", "1.yaml", "lock", "state.json", "state.json.last"], Directory.GetFiles(edge.History).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_restart_takes_the_later_of_the_file_and_the_command()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)));
        await edge.StopAsync();
        await edge.StartAsync();
        Assert.Equal((2, 2), (edge.Weight, edge.Server.Version!.Number));
        await edge.StopAsync();
        await edge.StartAsync(text: edge.Text(3));
        Assert.Equal((3, 3), (edge.Weight, edge.Server.Version!.Number));
        await edge.Server.RestoreAsync(1);
        await edge.StopAsync();
        await edge.StartAsync();
        Assert.Equal((1, 4), (edge.Weight, edge.Server.Version!.Number));
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Equal((3, 5), (edge.Weight, edge.Server.Version!.Number));
    }

    [Fact]
    public async Task Files_of_others_and_damaged_ones_are_passed_over()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)));
        File.WriteAllText(Path.Combine(edge.History, "3.json"), "{ \"Number\": 3");
        File.WriteAllText(Path.Combine(edge.History, "4.json"), new string('x', 100_000));
        File.WriteAllText(Path.Combine(edge.History, "5.json"), File.ReadAllText(Path.Combine(edge.History, "1.json")));
        File.WriteAllText(Path.Combine(edge.History, "6.json"), "null");
        File.WriteAllText(Path.Combine(edge.History, "x.json"), "{}");
        Assert.Equal([1, 2], edge.Versions.Select(version => version.Number));
        File.AppendAllText(Path.Combine(edge.History, "1.yaml"), "# another");
        ProxyException changed = await Assert.ThrowsAsync<ProxyException>(() => edge.Server.RestoreAsync(1));
        Assert.Contains("SHA-256 differs", changed.Message, StringComparison.Ordinal);
        Assert.Contains("no version 9", (await Assert.ThrowsAsync<ProxyException>(() => edge.Server.RestoreAsync(9))).Message, StringComparison.Ordinal);
        Assert.Equal(2, edge.Weight);
        await edge.StopAsync();
        await edge.StartAsync(text: edge.Text(3));
        Assert.Equal(7, edge.Server.Version!.Number);
    }

    [Theory]
    [InlineData("history: { directory: elsewhere }")]
    [InlineData("")]
    public async Task The_fault_of_a_history_goes_with_it(string next)
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        string state = Path.Combine(edge.History, "state.json");
        File.Delete(state);
        Directory.CreateDirectory(state); // nothing can be written there
        edge.Write(edge.Text(2));
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Contains("MX1033", edge.Server.GetStatus().Warnings.Select(warning => warning.Id));
        edge.Write(edge.Text(2).Replace("history: { directory: history, keep: 5 }", next, StringComparison.Ordinal));
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.DoesNotContain("MX1033", edge.Server.GetStatus().Warnings.Select(warning => warning.Id));
    }

    [Fact]
    public async Task What_the_disk_does_not_take_leaves_nothing_behind_and_a_start_without_changes_needs_no_room()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        // No file of these names can be written, not even by root.
        string state = Path.Combine(edge.History, "state.json");
        string noText = Path.Combine(edge.History, "2.yaml");
        string[] files = Files(edge);
        Directory.CreateDirectory(noText);
        Assert.Contains("cannot be written",
            (await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(edge.Other(edge.Text(2))))).Message, StringComparison.Ordinal);
        Assert.Equal(files, Files(edge));
        byte[] kept = File.ReadAllBytes(state);
        File.Delete(state);
        Directory.CreateDirectory(state);
        files = Files(edge);
        ConfigRequest within = new() { ConfirmWithin = TimeSpan.FromSeconds(60) };
        Assert.Contains("cannot be written",
            (await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(edge.Other(edge.Text(2)), within))).Message, StringComparison.Ordinal);
        Assert.Equal(files, Files(edge));
        Assert.Equal((1, 1), (edge.Weight, edge.Server.Version!.Number));
        await edge.StopAsync();
        Directory.Delete(state);
        File.WriteAllBytes(state, kept);
        await edge.StartAsync();
        Assert.Equal((1, 1), (edge.Weight, edge.Server.Version!.Number));
    }

    [UnixFact]
    public async Task The_control_socket_answers_once_the_start_is_settled()
    {
        await using ManagedEdge edge = new();
        string text = edge.Text(1, more: "control: { socket: mx.sock }\n");
        await edge.StartAsync(text: text);
        await edge.Server.ApplyAsync(edge.Other(text.Replace("weight: 1", "weight: 2", StringComparison.Ordinal)),
            new ConfigRequest { ConfirmWithin = TimeSpan.FromSeconds(60) });
        await edge.CrashAsync();
        await edge.StartAsync();
        await edge.StopAsync();
        // The last start reports that it rolled back, and then answers: no change can come between the two.
        Assert.InRange(edge.Log.LastIndexOf("was not confirmed", StringComparison.Ordinal), 0, edge.Log.LastIndexOf("MX1040", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_others_use_or_that_lost_its_state_is_refused()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        ProxyException used = await Assert.ThrowsAsync<ProxyException>(() => ManagedServer.StartAsync(ConfigLoader.LoadFile(edge.File)));
        Assert.Contains("in use by another server", used.Message, StringComparison.Ordinal);
        await edge.StopAsync();
        File.Delete(Path.Combine(edge.History, "state.json.last"));
        foreach (string state in (string[])["{", "null", "{ \"Current\": 2147483647, \"File\": null, \"FileSha256\": null, \"Pending\": null }"])
        {
            File.WriteAllText(Path.Combine(edge.History, "state.json"), state);
            ProxyException damaged = await Assert.ThrowsAsync<ProxyException>(() => edge.StartAsync());
            Assert.Contains("delete that file", damaged.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_turned_bit_of_the_state_is_noticed_and_its_copy_is_used()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)));
        await edge.StopAsync();
        string state = Path.Combine(edge.History, "state.json");
        byte[] good = File.ReadAllBytes(state);
        // Each digit of the file's hash, of the number of the version, and each key in turn.
        for (int i = 0; i < good.Length; i += 7)
        {
            byte[] damaged = [.. good];
            damaged[i] ^= 1;
            File.WriteAllBytes(state, damaged);
            await edge.StartAsync();
            Assert.Equal(2, edge.Weight);
            if (edge.Server.GetStatus().Warnings.All(warning => warning.Id != "MX1019")) Assert.True(char.IsWhiteSpace((char)good[i]));
            await edge.StopAsync();
        }
    }

    [Fact]
    public async Task A_start_from_a_version_that_is_damaged_is_an_invalid_configuration_whichever_file_it_is()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.Server.ApplyAsync(edge.Other(edge.Text(2)));
        await edge.StopAsync();
        foreach (string name in (string[])["2.json", "2.yaml"])
        {
            string file = Path.Combine(edge.History, name);
            byte[] good = File.ReadAllBytes(file);
            foreach (byte[]? damage in new byte[]?[] { null, [], [.. good.Select((octet, i) => i == good.Length / 2 ? (byte)(octet ^ 2) : octet)] })
            {
                if (damage is null) File.Delete(file);
                else File.WriteAllBytes(file, damage);
                ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => edge.StartAsync());
                Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
            }
            File.WriteAllBytes(file, good);
        }
    }

    [UnixFact, UnsupportedOSPlatform("windows")]
    public async Task A_history_that_is_open_to_others_is_an_error()
    {
        await using ManagedEdge edge = new();
        await edge.StartAsync(text: edge.Text(1));
        await edge.StopAsync();
        File.SetUnixFileMode(edge.History, File.GetUnixFileMode(edge.History) | UnixFileMode.OtherExecute);
        ProxyException open = await Assert.ThrowsAsync<ProxyException>(() => edge.StartAsync());
        Assert.Contains("chmod 700", open.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_changes_by_the_servers_own_file_alone()
    {
        await using ManagedEdge edge = new();
        string plain = edge.Text(1).Replace("history: { directory: history, keep: 5 }", "", StringComparison.Ordinal);
        await edge.StartAsync(text: plain);
        Assert.Null(edge.Server.Version);
        await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(edge.Other(edge.Text(2))));
        edge.Write(edge.Text(3));
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Equal((3, 1), (edge.Weight, edge.Server.Version!.Number));
        await Assert.ThrowsAsync<ProxyException>(() => edge.Server.ApplyAsync(edge.Other(plain)));
        edge.Write(plain);
        await edge.Server.ReloadFileAsync(ConfigChange.HangUp);
        Assert.Null(edge.Server.Version);
    }

    private static string[] Files(ManagedEdge edge) => [.. Directory.GetFiles(edge.History).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
}
