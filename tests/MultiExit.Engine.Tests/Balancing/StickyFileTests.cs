using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

public sealed class StickyFileTests : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private readonly ManualTimeProvider _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("multiexit-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "pool.state");

    [Fact]
    public void A_user_keeps_its_member_across_a_restart_also_when_the_pool_has_changed()
    {
        string[] users = [.. Enumerable.Range(0, 50).Select(i => $"user{i}")];
        Dictionary<string, string> before = [];
        (Sticky strategy, StickyFile file) = Start("a", "b");
        Member[] members = Pools.Named("a", "b");
        foreach (string user in users)
        {
            before[user] = members[strategy.Choose(members, null, Of(user), 0)].Exit.Name;
            strategy.Served(members, members.Single(member => member.Exit.Name == before[user]), Of(user));
        }
        file.Save();
        Assert.DoesNotContain("user1", File.ReadAllText(Path), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));

        // Another order, and new members that would win some of them.
        members = Pools.Named("d", "b", "c", "a", "e");
        (strategy, _) = Start("d", "b", "c", "a", "e");
        Assert.All(users, user => Assert.Equal(before[user], members[strategy.Choose(members, null, Of(user), 0)].Exit.Name));
        Assert.Contains(users, user => members[Create(new StickyTable(_time)).Choose(members, null, Of(user), 0)].Exit.Name != before[user]);
    }

    [Fact]
    public void The_lifetime_goes_on_across_the_restart()
    {
        Member[] members = Pools.Named("a", "b");
        (Sticky strategy, StickyFile file) = Start("a", "b");
        int natural = strategy.Choose(members, null, Of("alice"), 0);
        strategy.Served(members, members[1 - natural], Of("alice"));
        _time.Advance(TimeSpan.FromMinutes(20));
        file.Save();
        (strategy, _) = Start("a", "b");
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(1 - natural, strategy.Choose(members, null, Of("alice"), 0));
        _time.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(natural, strategy.Choose(members, null, Of("alice"), 0));
    }

    [Fact]
    public void A_lifetime_that_a_client_chose_goes_on_across_the_restart()
    {
        StickyTable table = new(_time);
        StickyFile file = new(Path, table, _time);
        table.Bind("one", "a", TimeSpan.FromHours(2));
        table.Bind("two", "b", TimeSpan.FromSeconds(90));
        table.Bind("three", "a");
        file.Save();
        _time.Advance(TimeSpan.FromMinutes(1));
        table = new(_time);
        Assert.Equal(0, Load(new StickyFile(Path, table, _time), table, "a", "b"));
        Assert.Equal("b", table.Find("two", Lifetime));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(table.Find("two", Lifetime));
        _time.Advance(Lifetime);
        Assert.Equal(("a", null), (table.Find("one", Lifetime), table.Find("three", Lifetime)));
    }

    [Fact]
    public void A_member_that_is_gone_is_forgotten()
    {
        Member[] members = Pools.Named("a", "b");
        (Sticky strategy, StickyFile file) = Start("a", "b");
        strategy.Served(members, members[0], Of("alice"));
        file.Save();
        StickyTable table = new(_time);
        Assert.Equal(0, Load(new StickyFile(Path, table, _time), table, "b"));
        Assert.Empty(table.Snapshot(out _));
    }

    [Theory]
    [InlineData("root:x:0:0:root:/root:/bin/sh\n")]
    [InlineData("multiexit sticky 2\n")]
    [InlineData("\0\0\0\0")]
    public void Another_file_is_refused_and_stays(string text)
    {
        File.WriteAllText(Path, text);
        ProxyException failure = Assert.Throws<ProxyException>(() => Start("a"));
        Assert.Contains("it is not such a file", failure.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Path));
    }

    [Fact]
    public void A_missing_folder_is_named() => Assert.Contains(
        "is not there; create it",
        Assert.Throws<ProxyException>(() => new StickyFile(System.IO.Path.Combine(_folder, "no", "x"), new StickyTable(_time), _time)
            .Read(new HashSet<string>(), Lifetime, out _)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Faulty_lines_are_counted_and_ignored()
    {
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        string[] good = [$"{new string('1', 32)} {now} a 90", $"{new string('2', 32)} {now + 1000} a", $"{new string('1', 32)} {now - 5} a"];
        string[] passed = [$"{new string('3', 32)} {now - 3600} a", $"{new string('4', 32)} {now} other"];
        string[] bad =
        [
            "", "x", $"{new string('g', 32)} {now} a", $"{new string('5', 32)} -1 a", $"{new string('5', 32)} 99999999999999999999 a",
            $"{new string('5', 32)} {now}", $"{new string('5', 32)} {now} ",
            $"{new string('6', 32)} {now} a x", $"{new string('6', 32)} {now} a ", $"{new string('6', 32)} {now} a 9999999", $"{new string('6', 32)} {now}  7",
            $"{new string('5', 31)} {now} a", $"{new string('5', 32)} {now} {new string('a', 300)}",
        ];
        File.WriteAllLines(Path, ["multiexit sticky 1", .. good, .. bad, .. passed]);
        StickyTable table = new(_time);
        Assert.Equal(bad.Length, Load(new StickyFile(Path, table, _time), table, "a"));
        Assert.Equal(2, table.Snapshot(out _).Count);
    }

    [Fact]
    public async Task What_cannot_be_written_is_reported_and_written_later()
    {
        (Sticky strategy, StickyFile file) = Start("a", "b");
        Member[] members = Pools.Named("a", "b");
        List<string?> problems = [];
        StickyKeeper keeper = new(_time, (_, problem) => problems.Add(problem));
        await using (keeper)
        {
            keeper.Use([file]);
            // A folder in the place of the file.
            File.Delete(Path);
            Directory.CreateDirectory(Path);
            strategy.Served(members, members[0], Of("alice"));
            _time.Advance(StickyKeeper.Interval);
            strategy.Served(members, members[0], Of("bob"));
            _time.Advance(StickyKeeper.Interval);
            Assert.Equal([true, false, false], problems.Select(problem => problem is null));
            Directory.Delete(Path);
        }
        // At the end it is written once more.
        Assert.Equal(3, File.ReadAllLines(Path).Length);
    }

    [Fact]
    public async Task A_server_keeps_its_bindings()
    {
        await using EchoTarget target = new();
        GatewayConfig config = TestGateway.Mixed() with
        {
            Exits = [new DirectExitConfig { Name = "a" }, new DirectExitConfig { Name = "b" }],
            Groups = [new GroupConfig { Name = "pool", Strategy = GroupStrategy.Sticky, Exits = ["a", "b"], StateFile = Path }],
            Default = "pool",
        };
        string first;
        await using (TestGateway gateway = await TestGateway.StartAsync(config))
        {
            Assert.Single(File.ReadAllLines(Path));
            await using (await gateway.ConnectThroughAsync(target.EndPoint)) first = gateway.Server.GetSessions()[0].Exit!;
            await gateway.Server.ReloadAsync(config);
        }
        Assert.EndsWith(" " + first, File.ReadAllLines(Path)[1], StringComparison.Ordinal);
        // The client's natural choice is left; the file says otherwise.
        string other = first == "a" ? "b" : "a";
        File.WriteAllText(Path, File.ReadAllText(Path).Replace(" " + first, " " + other, StringComparison.Ordinal));
        await using (TestGateway gateway = await TestGateway.StartAsync(config))
        await using (await gateway.ConnectThroughAsync(target.EndPoint)) Assert.Equal(other, gateway.Server.GetSessions()[0].Exit);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (Sticky Strategy, StickyFile File) Start(params string[] members)
    {
        StickyTable table = new(_time);
        StickyFile file = new(Path, table, _time);
        Assert.Equal(0, Load(file, table, members));
        return (Create(table), file);
    }

    private static int Load(StickyFile file, StickyTable table, params string[] members)
    {
        table.Load(file.Read(members.ToHashSet(StringComparer.Ordinal), Lifetime, out int faulty));
        return faulty;
    }

    private static Sticky Create(StickyTable table) => new(BindingUnit.User, Lifetime, table, remembersAll: true);

    private static DialContext Of(string user) => Pools.From("192.0.2.1", user);
}
