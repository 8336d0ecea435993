using MultiExit.Engine.Errors;
using MultiExit.Engine.Remote;

namespace MultiExit.Engine.Tests.Remote;

public sealed class SshTargetTests
{
    [Theory]
    [InlineData("edge-1")]
    [InlineData("edge-1.example.com")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    [InlineData("fe80::1%eth0")]
    public void A_name_an_address_and_an_alias_are_hosts(string host)
    {
        IReadOnlyList<string> arguments = new SshTarget(host).GetArguments();
        Assert.Equal(["--", host, "multiexit control"], arguments.TakeLast(3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-oProxyCommand=id")]
    [InlineData("-F/dev/null")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a;b")]
    [InlineData("$(id)")]
    [InlineData("`id`")]
    [InlineData("a/b")]
    [InlineData("user@host")]
    [InlineData("*")]
    public void What_ssh_or_a_shell_could_take_for_more_is_no_host(string host) =>
        Assert.Equal(ProxyError.InvalidConfiguration, Assert.Throws<ProxyException>(() => new SshTarget(host).GetArguments()).Reason);

    [Fact]
    public void A_host_is_at_most_253_characters_long()
    {
        Assert.True(SshTarget.IsHost(new string('a', 253)));
        Assert.False(SshTarget.IsHost(new string('a', 254)));
    }

    [Fact]
    public void Paths_are_quoted_for_the_shell_of_the_host()
    {
        SshTarget target = new("h") { Sockets = ["/run/a b.sock", "/run/it's;id.sock"], Program = "/opt/mx/bin/multiexit" };
        Assert.Equal(@"/opt/mx/bin/multiexit control --socket '/run/a b.sock' --socket '/run/it'\''s;id.sock'", target.GetArguments()[^1]);
        Assert.Throws<ProxyException>(() => (target with { Sockets = ["run/a.sock"] }).GetArguments());
        Assert.Throws<ProxyException>(() => (target with { Sockets = ["/run/a\nid"] }).GetArguments());
        Assert.Throws<ProxyException>(() => (target with { Program = "multiexit;id" }).GetArguments());
        Assert.Throws<ProxyException>(() => (target with { User = "-l" }).GetArguments());
        Assert.Throws<ProxyException>(() => (target with { User = "a b" }).GetArguments());
    }

    [Fact]
    public void Nobody_is_asked_nothing_is_forwarded_and_the_wait_is_bounded()
    {
        SshTarget target = new("h") { Timeout = TimeSpan.FromSeconds(7), User = "ops", Port = 22, KeyFile = "/k", ConfigFile = "/c" };
        string line = string.Join(' ', target.GetArguments());
        foreach (string part in new[]
        {
            "-o BatchMode=yes", "-o ConnectTimeout=7", "-o ServerAliveInterval=5", "-o ForwardAgent=no", "-o ForwardX11=no", "-o ClearAllForwardings=yes",
            "-o PermitLocalCommand=no", "-o ControlMaster=no", "-F /c -i /k -l ops -p 22 -- h multiexit control",
        })
            Assert.Contains(part, line, StringComparison.Ordinal);
    }
}
