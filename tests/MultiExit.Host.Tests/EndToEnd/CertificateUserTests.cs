using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Users with certificates on every inbound that has TLS, with certificates and lists of OpenSSL.</summary>
public sealed class CertificateUserTests(CertificateSet certificates) : IClassFixture<CertificateSet>
{
    [RequiresTheory(ExternalTool.Curl, ExternalTool.NodeWs, ExternalTool.OpenSsl)]
    [InlineData("http")]
    [InlineData("socks5")]
    [InlineData("forward")]
    [InlineData("websocket")]
    [InlineData("tunnel")]
    [InlineData("ech-tunnel")]
    [InlineData("ech-tunnel plain")]
    public async Task A_user_comes_in_with_its_certificate_while_both_are_good_and_nobody_else_does(string kind)
    {
        using CertificateRig rig = await CertificateRig.StartAsync(certificates);
        Assert.Equal("ok", await rig.TryAsync(kind, "right"));
        Assert.Equal("ok", await rig.TryAsync(kind, "named"));
        foreach (string client in (string[])["disabled", "expired", "foreign", "ended", "server", "revoked", "none"])
            Assert.Equal((client, "refused"), (client, await rig.TryAsync(kind, client)));
        // Valid, and of no user: to the common key of the tunnel it adds nothing and takes nothing.
        Assert.Equal(kind == "tunnel" ? "ok" : "refused", await rig.TryAsync(kind, "nobody"));
        JsonElement right = await UserAsync(rig, "right"), disabled = await UserAsync(rig, "disabled");
        Assert.Equal(1, right.GetProperty("total_sessions").GetInt64());
        Assert.NotEqual(JsonValueKind.Null, right.GetProperty("last_login").ValueKind);
        Assert.Equal(0, disabled.GetProperty("total_sessions").GetInt64());
        Assert.InRange(disabled.GetProperty("failed_logins").GetInt64(), 1, 100);
        Assert.Contains("certificate:san", right.GetProperty("credentials").EnumerateArray().Select(item => item.GetString()));
        JsonElement record = (await UntilRecordsAsync(rig, "named"))[0];
        Assert.Equal("certificate:cn", record.GetProperty("login").GetString());
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.NodeWs, ExternalTool.OpenSsl)]
    [InlineData("http")]
    [InlineData("forward")]
    [InlineData("websocket")]
    [InlineData("tunnel")]
    [InlineData("ech-tunnel")]
    public async Task The_quota_of_a_user_holds_for_its_certificate(string kind)
    {
        using CertificateRig rig = await CertificateRig.StartAsync(certificates);
        string first = await rig.TryAsync(kind, "spent");
        await UntilAsync(async () => (await UserAsync(rig, "spent")).GetProperty("used_this_month").GetInt64() >= 500);
        // It comes in. Once a second the quota is looked at: before the end of the very session that uses it up, too.
        JsonElement record = Assert.Single(await UntilRecordsAsync(rig, "spent"));
        Assert.Equal("certificate:san", record.GetProperty("login").GetString());
        string outcome = record.GetProperty("outcome").GetString()!;
        Assert.True(first == "ok" || outcome == "quota", $"the client was {first}, and the outcome is {outcome}");
        Assert.Equal("refused", await rig.TryAsync(kind, "spent"));
    }

    [RequiresTheory(ExternalTool.Curl, ExternalTool.NodeWs, ExternalTool.OpenSsl)]
    [InlineData("http", "right:secret", "other:secret", "right:wrong")]
    [InlineData("websocket", "of-right", "of-other", "of-nobody")]
    [InlineData("ech-tunnel", "of-right", null, null)]
    [InlineData("tunnel own key", "key-of-right", null, null)]
    public async Task A_login_beside_a_certificate_has_to_be_right_and_of_the_same_user(string kind, string own, string? of, string? wrong)
    {
        using CertificateRig rig = await CertificateRig.StartAsync(certificates, "optional");
        Assert.Equal("ok", await rig.TryAsync(kind, "right", own));
        Assert.Equal("refused", await rig.TryAsync(kind, "named", own));
        Assert.Equal("ok", await rig.TryAsync(kind, "none", own));
        Assert.Equal("ok", await rig.TryAsync(kind, "nobody", own));
        Assert.Equal("refused", await rig.TryAsync(kind, "foreign", own));
        Assert.Equal("refused", await rig.TryAsync(kind, "disabled", own));
        if (of is not null) Assert.Equal("refused", await rig.TryAsync(kind, "right", of));
        if (wrong is not null) Assert.Equal("refused", await rig.TryAsync(kind, "right", wrong));
    }

    [RequiresFact(ExternalTool.OpenSsl)]
    public async Task A_socks5_client_is_asked_for_a_password_only_without_a_certificate_of_a_user()
    {
        using CertificateRig rig = await CertificateRig.StartAsync(certificates, "optional");
        Assert.Equal("ok", await rig.TryAsync("socks5", "right", "either"));
        Assert.Equal("password", await rig.TryAsync("socks5", "none", "either"));
        Assert.Equal("password", await rig.TryAsync("socks5", "nobody", "either"));
        Assert.Equal("refused", await rig.TryAsync("socks5", "disabled", "either"));
        Assert.Equal("refused", await rig.TryAsync("socks5", "none"));
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.OpenSsl)]
    public async Task A_new_revocation_list_refuses_and_cuts_and_a_faulty_one_changes_nothing()
    {
        using CertificateRig rig = await CertificateRig.StartAsync(certificates);
        await File.WriteAllTextAsync(rig.Ca.ListFile, "no list");
        Assert.Contains("holds neither a PEM list nor a DER one", await rig.Server.LogLineAsync("MX1069"), StringComparison.Ordinal);
        Assert.Equal("ok", await rig.TryAsync("http", "right"));
        Assert.Equal("refused", await rig.TryAsync("http", "revoked"));
        Task<bool> held = rig.HoldAsync("right");
        await UntilAsync(async () => (await UserAsync(rig, "right")).GetProperty("sessions").GetInt32() == 1);
        await rig.Ca.RevokeAsync("right");
        string cut = await rig.Server.LogLineAsync("MX1086");
        Assert.Contains("it is revoked (KeyCompromise), which cuts its sessions (1): it is CN=right, O=Example, serial ", cut, StringComparison.Ordinal);
        Assert.True(await held);
        Assert.Equal("refused", await rig.TryAsync("http", "right"));
        string refused = await rig.Server.LogLineAsync("MX1084");
        Assert.Contains("it is revoked (KeyCompromise); it is CN=right, O=Example, serial ", refused, StringComparison.Ordinal);
        Assert.Equal("ok", await rig.TryAsync("http", "named"));
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.OpenSsl)]
    public async Task A_user_that_expires_is_cut_and_one_that_a_reload_disables_comes_in_no_more()
    {
        using CertificateRig rig = await CertificateRig.StartAsync(certificates);
        Task<bool> held = rig.HoldAsync("right");
        await UntilAsync(async () => (await UserAsync(rig, "right")).GetProperty("sessions").GetInt32() == 1);
        await rig.ReloadAsync($", expires: \"{DateTimeOffset.UtcNow.AddSeconds(2):yyyy-MM-dd'T'HH:mm:ss'Z'}\"");
        Assert.Contains("user right has expired; sessions cut: 1", await rig.Server.LogLineAsync("MX1083"), StringComparison.Ordinal);
        Assert.True(await held);
        await rig.ReloadAsync("");
        Assert.Equal("ok", await rig.TryAsync("http", "right"));
        await rig.ReloadAsync(", disabled: true");
        Assert.Equal("refused", await rig.TryAsync("http", "right"));
        string refused = await rig.Server.LogLineAsync("MX1067");
        Assert.Contains("it is the user right (certificate:san), who is disabled", refused, StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl, ExternalTool.OpenSsl)]
    public async Task A_new_ca_is_trusted_without_a_reload_and_one_that_is_gone_is_not()
    {
        using CertificateRig rig = await CertificateRig.StartAsync(certificates);
        Assert.Equal("refused", await rig.TryAsync("http", "foreign"));
        string before = await File.ReadAllTextAsync(rig.Ca.CaFile), lists = await File.ReadAllTextAsync(rig.Ca.ListFile);
        await File.WriteAllTextAsync(rig.Ca.ListFile, lists + await File.ReadAllTextAsync(rig.Other.ListFile));
        // Without its CA a list is at fault, until that comes.
        await File.WriteAllTextAsync(rig.Ca.CaFile, before + await File.ReadAllTextAsync(rig.Other.CaFile));
        await UntilAsync(async () => await rig.TryAsync("http", "foreign") == "ok");
        Assert.Equal("ok", await rig.TryAsync("http", "right"));
        await File.WriteAllTextAsync(rig.Ca.ListFile, lists);
        await File.WriteAllTextAsync(rig.Ca.CaFile, before);
        await UntilAsync(async () => await rig.TryAsync("http", "foreign") == "refused");
        Assert.Equal("ok", await rig.TryAsync("http", "right"));
    }

    private static async Task<JsonElement> UserAsync(CertificateRig rig, string name) =>
        (await rig.Control.AskAsync("users")).EnumerateArray().First(user => user.GetProperty("name").GetString() == name);

    private static async Task<JsonElement[]> UntilRecordsAsync(CertificateRig rig, string user)
    {
        JsonElement[] found = [];
        await UntilAsync(async () => (found = [.. (await rig.Control.AskAsync($"records?user={user}")).EnumerateArray()]).Length > 0);
        return found;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(50));
        using CancellationTokenSource limit = new(HostProcess.Limit);
        while (!await condition()) await poll.WaitForNextTickAsync(limit.Token);
    }
}
