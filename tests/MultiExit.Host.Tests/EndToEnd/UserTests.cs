using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Users on every inbound, with each kind of credential, by clients that are no part of this project.</summary>
public sealed class UserTests
{
    [RequiresTheory(ExternalTool.Curl, ExternalTool.PySocks, ExternalTool.NodeWs)]
    [InlineData("socks5 password")]
    [InlineData("http password")]
    [InlineData("pysocks password")]
    [InlineData("websocket password")]
    [InlineData("websocket token")]
    [InlineData("websocket subprotocol")]
    [InlineData("tunnel key")]
    [InlineData("ech-tunnel token")]
    [InlineData("ech-tunnel plain")]
    public async Task A_user_comes_in_with_its_own_secret_while_it_may_and_not_otherwise(string kind)
    {
        const int Failures = 6;
        using UserRig rig = await UserRig.StartAsync(Failures);
        Assert.Equal("ok", await rig.TryAsync(kind, "right"));
        Assert.Equal("ok", await rig.TryAsync(kind, "spent"));
        await UntilAsync(async () => (await UserAsync(rig, "spent")).GetProperty("used_this_month").GetInt64() >= 500);
        Assert.Equal("refused", await rig.TryAsync(kind, "spent"));
        Assert.Equal("refused", await rig.TryAsync(kind, "wrong"));
        Assert.Equal("refused", await rig.TryAsync(kind, "disabled"));
        Assert.Equal("refused", await rig.TryAsync(kind, "expired"));
        JsonElement right = await UserAsync(rig, "right"), disabled = await UserAsync(rig, "disabled");
        Assert.Equal(1, right.GetProperty("total_sessions").GetInt64());
        Assert.NotEqual(JsonValueKind.Null, right.GetProperty("last_login").ValueKind);
        Assert.Equal(0, disabled.GetProperty("total_sessions").GetInt64());
        Assert.InRange(disabled.GetProperty("failed_logins").GetInt64(), 1, Failures);

        for (int i = 0; i < 4 * Failures && await LockedAsync(rig) == 0; i++) Assert.Equal("refused", await rig.TryAsync(kind, "wrong"));
        Assert.Equal(1, await LockedAsync(rig));
        // A carrier that stands is not cut by that.
        rig.EndCarriers();
        Assert.Equal("refused", await rig.TryAsync(kind, "right"));
    }

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData("socks5 network")]
    [InlineData("http network")]
    [InlineData("forward network")]
    public async Task A_user_comes_in_from_its_network_while_it_may_and_nobody_is_locked_out_for_an_address(string kind)
    {
        const int Failures = 2;
        using UserRig rig = await UserRig.StartAsync(Failures);
        Assert.Equal("ok", await rig.TryAsync(kind, "right"));
        Assert.Equal("ok", await rig.TryAsync(kind, "spent"));
        await UntilAsync(async () => (await UserAsync(rig, "spent")).GetProperty("used_this_month").GetInt64() >= 500);
        Assert.Equal("refused", await rig.TryAsync(kind, "spent"));
        for (int i = 0; i < 2 * Failures; i++)
            foreach (string user in (string[])["wrong", "disabled", "expired"]) Assert.Equal("refused", await rig.TryAsync(kind, user));
        JsonElement right = await UserAsync(rig, "right"), disabled = await UserAsync(rig, "disabled");
        Assert.Equal(1, right.GetProperty("total_sessions").GetInt64());
        Assert.NotEqual(JsonValueKind.Null, right.GetProperty("last_login").ValueKind);
        Assert.Equal((0, 0), (disabled.GetProperty("total_sessions").GetInt64(), disabled.GetProperty("failed_logins").GetInt64()));
        Assert.Equal(0, await LockedAsync(rig));
        await rig.ReloadAsync(Failures, ", disabled: true");
        Assert.Equal("refused", await rig.TryAsync(kind, "right"));
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.NodeWs)]
    [InlineData("socks5 password")]
    [InlineData("http password")]
    [InlineData("websocket token")]
    [InlineData("tunnel key")]
    [InlineData("ech-tunnel token")]
    [InlineData("ech-tunnel plain")]
    public async Task A_user_that_a_reload_disables_comes_in_no_more_until_another_lets_it_in(string kind)
    {
        using UserRig rig = await UserRig.StartAsync(100);
        Assert.Equal("ok", await rig.TryAsync(kind, "right"));
        await rig.ReloadAsync(100, ", disabled: true");
        Assert.Equal("refused", await rig.TryAsync(kind, "right"));
        await rig.ReloadAsync(100, "");
        // A client that was refused waits before it opens a carrier again.
        rig.EndCarriers();
        Assert.Equal("ok", await rig.TryAsync(kind, "right"));
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task The_session_and_the_carrier_of_a_user_end_when_it_expires()
    {
        using UserRig rig = await UserRig.StartAsync(100);
        Task<string> held = rig.HoldAsync("tunnel key", "right");
        await UntilAsync(async () => (await UserAsync(rig, "right")).GetProperty("sessions").GetInt32() == 1);
        await rig.ReloadAsync(100, $", expires: \"{DateTimeOffset.UtcNow.AddSeconds(2):yyyy-MM-dd'T'HH:mm:ss'Z'}\"");
        Assert.Equal("cut", await held);
        Assert.Contains("has expired; sessions cut: 1", await rig.Server.LogLineAsync("MX1083"), StringComparison.Ordinal);
        Assert.Equal("refused", await rig.TryAsync("tunnel key", "right"));
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task The_session_of_a_user_ends_when_an_operator_cuts_it()
    {
        using UserRig rig = await UserRig.StartAsync(100);
        Task<string> held = rig.HoldAsync("socks5 password", "right");
        await UntilAsync(async () => (await UserAsync(rig, "right")).GetProperty("sessions").GetInt32() == 1);
        Assert.Equal(1, (await rig.Control.AskAsync("cut", "-d", "{ \"user\": \"right\" }")).GetProperty("sessions_cut").GetInt32());
        Assert.Equal("cut", await held);
        Assert.Equal("ok", await rig.TryAsync("socks5 password", "right"));
    }

    private static async Task<JsonElement> UserAsync(UserRig rig, string name) =>
        (await rig.Control.AskAsync("users")).EnumerateArray().First(user => user.GetProperty("name").GetString() == name);

    private static async Task<int> LockedAsync(UserRig rig) => (await rig.Control.AskAsync("locked")).GetArrayLength();

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        using CancellationTokenSource limit = new(HostProcess.Limit);
        while (!await condition()) await poll.WaitForNextTickAsync(limit.Token);
    }
}
