using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The key <c>dashboard</c>.</summary>
public sealed class DashboardTests
{
    private const string Inbounds = "inbounds: [{ name: a, type: mixed, listen: \"127.0.0.1:1\" }]\n";

    [Fact]
    public void It_has_an_address_and_those_who_may_log_in()
    {
        DashboardConfig dashboard = ConfigAssert.Valid(Inbounds +
            """
            dashboard:
              listen: "127.0.0.1:9465"
              token: secret
              hosts: [Dash.Example, "2001:DB8::1"]
              tls: { self_signed: true }
              users:
              - { name: olga, password: op, role: operator }
              - { name: rita, password: rd }
            """).Dashboard!;
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 9465), dashboard.Listen);
        Assert.True(dashboard.Token!.Matches("secret"u8));
        Assert.Equal(["dash.example", "2001:db8::1"], dashboard.Hosts);
        Assert.True(dashboard.Tls!.SelfSigned);
        Assert.Equal([("olga", DashboardRole.Operator), ("rita", DashboardRole.Reader)], dashboard.Users.Select(user => (user.Name, user.Role)));
    }

    [Theory]
    [InlineData("{ listen: \":9465\" }", "dashboard", "nobody could log in")]
    [InlineData("{ token: s3cret }", "dashboard.listen", "missing")]
    [InlineData("{ listen: \":9465\", token: \"\" }", "dashboard.token", "empty")]
    [InlineData("{ listen: \":1\", token: s3cret }", "dashboard.listen", "already taken")]
    [InlineData("{ listen: \":9465\", users: [{ name: a, password: s3cret, role: admin }] }", "dashboard.users[0].role", "expected")]
    [InlineData("{ listen: \":9465\", users: [{ name: a }] }", "dashboard.users[0].password", "missing")]
    [InlineData("{ listen: \":9465\", users: [{ name: a, password_hash: s3cret }] }", "dashboard.users[0].password_hash", "New-MxPasswordHash")]
    [InlineData("{ listen: \":9465\", users: [{ name: a, password: s3cret, password_hash: x }] }", "dashboard.users[0].password_hash", "as well")]
    [InlineData("{ listen: \":9465\", users: [{ name: \"a\\u0007\", password: s3cret }] }", "dashboard.users[0].name", "1 to 255 octets")]
    [InlineData("{ listen: \":9465\", users: [{ name: a, password: s3cret }, { name: a, password: s3cret }] }", "dashboard", "the user a is there twice")]
    [InlineData("{ listen: \":9465\", token: s3cret, users: [{ name: token, password: s3cret }] }", "dashboard", "the name token")]
    [InlineData("{ listen: \":9465\", token: s3cret, hosts: [\"a/b\"] }", "dashboard.hosts[0]", "is no host")]
    [InlineData("{ listen: \":9465\", token: s3cret, hosts: [\"dash.example:8443\"] }", "dashboard.hosts[0]", "without port")]
    [InlineData("s3cret", "dashboard", "expected a mapping")]
    public void A_fault_is_named_without_the_secret(string dashboard, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{Inbounds}dashboard: {dashboard}"));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_made_in_code_is_checked_too()
    {
        GatewayConfig config = ConfigAssert.Valid(Inbounds) with { Dashboard = new DashboardConfig(new IPEndPoint(IPAddress.Loopback, 0)) };
        Assert.Equal("dashboard: nobody could log in; expected `token`, `read_token`, or `users`", Assert.Single(config.FindProblems()));
    }
}
