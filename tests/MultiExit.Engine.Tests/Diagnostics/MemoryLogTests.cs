using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Tests.Diagnostics;

/// <summary>The log in memory: what it keeps, and how it is queried.</summary>
public sealed class MemoryLogTests : IDisposable
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.1"), 1234);

    private readonly MemoryLog _memory = new();
    private readonly EngineLog _log;

    public MemoryLogTests() => _log = new EngineLog(LogFactory.Create(new LoggingConfig(), console: false, _memory));

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_message_is_kept_with_its_id_its_level_and_its_parts()
    {
        _log.LoginFailed("proxy", Client, "alice");
        LogEntry entry = Assert.Single(_memory.Read(new LogQuery()));
        Assert.Equal(("MX2010", LogLevel.Warning), (entry.Id, entry.Level));
        Assert.Equal("login failed: client=192.0.2.1 inbound=proxy user=alice", entry.Message);
        Assert.Equal(["192.0.2.1", "proxy", "alice"], [entry.Properties["Client"], entry.Properties["Inbound"], entry.Properties["User"]]);
        Assert.InRange(DateTimeOffset.Now - entry.Time, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Null(entry.Exception);
    }

    [Fact]
    public void A_flood_of_one_message_pushes_no_other_out()
    {
        _log.Started("edge", "1");
        for (int i = 0; i < 1000; i++) _log.LoginFailed("proxy", Client, $"user{i}");
        IReadOnlyList<LogEntry> all = _memory.Read(new LogQuery());
        Assert.Equal(1 + MemoryLog.PerId, all.Count);
        Assert.Equal("MX1000", all[0].Id);
        Assert.Equal($"user{1000 - MemoryLog.PerId}", all[1].Properties["User"]);
        Assert.Equal("user999", all[^1].Properties["User"]);
    }

    [Fact]
    public void Level_id_time_and_number_are_asked_for_together()
    {
        _log.Started("edge", "1");
        _log.LoginFailed("proxy", Client, "alice");
        _log.LockedOut(Client.Address, TimeSpan.FromMinutes(1));
        _log.Unexpected("a test", new InvalidOperationException("it broke"));
        Assert.Equal(["MX1000", "MX2010", "MX2011", "MX9000"], Ids(new LogQuery()));
        Assert.Equal(["MX2010", "MX2011", "MX9000"], Ids(new LogQuery { Level = LogLevel.Warning }));
        Assert.Equal(["MX2010", "MX2011"], Ids(new LogQuery { Ids = ["mx20*"] }));
        Assert.Equal(["MX1000", "MX9000"], Ids(new LogQuery { Ids = ["MX1000", "MX9000"] }));
        Assert.Equal(["MX2011"], Ids(new LogQuery { Ids = ["MX2*"], Last = 1 }));
        Assert.Equal(["MX1000", "MX2010", "MX2011", "MX9000"], Ids(new LogQuery { Last = 100 }));
        Assert.Empty(Ids(new LogQuery { Since = DateTimeOffset.Now.AddMinutes(1) }));
        Assert.Contains("it broke", _memory.Read(new LogQuery { Level = LogLevel.Error })[0].Exception, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_level_of_the_log_leaves_out_is_not_kept()
    {
        _log.ClientGone("proxy", Client, "gone");
        Assert.Empty(_memory.Read(new LogQuery()));
        _log.Replace(LogFactory.Create(new LoggingConfig { Level = LogLevel.Debug }, console: false, _memory));
        _log.ClientGone("proxy", Client, "gone");
        Assert.Equal(LogLevel.Debug, Assert.Single(_memory.Read(new LogQuery())).Level);
    }

    private IEnumerable<string> Ids(LogQuery query) => _memory.Read(query).Select(entry => entry.Id);
}
