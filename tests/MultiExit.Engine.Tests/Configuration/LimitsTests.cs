using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The section <c>limits</c>.</summary>
public sealed class LimitsTests
{
    private const string Inbounds = "inbounds: [{ name: in, type: mixed, listen: \"127.0.0.1:0\", users: { alice: { password: a }, bob: { password: b } } }]\n";

    [Fact]
    public void Limits_of_clients_users_and_inbounds_are_read()
    {
        LimitsConfig limits = ConfigAssert.Valid(Inbounds +
            """
            limits:
              connections_per_client: 256
              new_per_client: 50/s
              bandwidth_per_client: 1MiB/s
              udp_per_client: 7
              connections_per_user: 10
              new_per_user: 5/s
              bandwidth_per_user: 100MB/s
              udp_per_user: 6
              quota_per_user: 50GB
              users: { alice: { bandwidth: 2MB/s, quota: 1GB, udp: 5 } }
              inbounds: { in: { connections: 9, new: 8/s, bandwidth: 7KB/s, udp: 4 } }
              session_memory: 64MiB
              lockout: { failures: 3, within: 1m, lasts: 1h }
              usage_file: /var/lib/x/usage.json
            """).Limits;
        Assert.Equal(new ScopeLimits { Connections = 256, NewPerSecond = 50, Bandwidth = 1 << 20, Associations = 7 }, limits.PerClient);
        Assert.Equal(new ScopeLimits { Connections = 10, NewPerSecond = 5, Bandwidth = 100_000_000, Associations = 6, Quota = 50_000_000_000 }, limits.PerUser);
        Assert.Equal(new ScopeLimits { Connections = 10, NewPerSecond = 5, Bandwidth = 2_000_000, Associations = 5, Quota = 1_000_000_000 },
            limits.OfUser("alice"));
        Assert.Equal(limits.PerUser, limits.OfUser("bob"));
        Assert.Equal(new ScopeLimits { Connections = 9, NewPerSecond = 8, Bandwidth = 7000, Associations = 4 }, limits.OfInbound("in"));
        Assert.Equal(ScopeLimits.None, limits.OfInbound("other"));
        Assert.Equal(new LockoutConfig(3, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)), limits.Lockout);
        Assert.Equal(64 << 20, limits.SessionMemory);
        Assert.Equal("/var/lib/x/usage.json", limits.UsageFile);
    }

    [Fact]
    public void Lockout_is_on_unless_it_is_false()
    {
        Assert.Equal(LockoutConfig.Default, ConfigAssert.Valid(Inbounds).Limits.Lockout);
        Assert.Equal(LockoutConfig.Default, ConfigAssert.Valid(Inbounds + "limits: { connections: 9 }").Limits.Lockout);
        Assert.Equal(LockoutConfig.Default, ConfigAssert.Valid(Inbounds + "limits: { lockout: true }").Limits.Lockout);
        Assert.Null(ConfigAssert.Valid(Inbounds + "limits: { lockout: false }").Limits.Lockout);
        Assert.Equal(new LockoutConfig(5, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)),
            ConfigAssert.Valid(Inbounds + "limits: { lockout: { failures: 5 } }").Limits.Lockout);
    }

    [Theory]
    [InlineData("limits: { lockout: 5 }", "limits.lockout")]
    [InlineData("limits: { users: { carol: { connections: 1 } } }", "there is no user \"carol\"")]
    [InlineData("limits: { users: { alicia: { connections: 1 } } }", "did you mean \"alice\"?")]
    [InlineData("limits: { inbounds: { inn: { connections: 1 } } }", "did you mean \"in\"?")]
    [InlineData("limits: { inbounds: { in: { quota: 1GB } } }", "unknown key")]
    [InlineData("limits: { bandwidth_per_user: 10MB }", "a bandwidth such as 10MB/s")]
    [InlineData("limits: { bandwidth_per_user: 1B/s }", "out of range")]
    [InlineData("limits: { new_per_client: 50 }", "a rate such as 20/s")]
    [InlineData("limits: { quota_per_user: 1GB }", "usage_file: missing")]
    [InlineData("limits: { lockout: { failures: 0 } }", "0")]
    [InlineData("limits: { users: [alice] }", "a mapping of names")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.Contains(ConfigAssert.Errors(Inbounds + text), error => error.ToString().Contains(expected, StringComparison.Ordinal));
}
