using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class TaskReadingTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mx-cgroup-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_limits_of_a_cgroup_and_of_those_around_it_count()
    {
        Write("a/b", "max", "7");
        Write("a", "40", "30");
        Write("", "max", "300");
        TaskReading reading = Assert.Single(TaskReading.OfCgroups(_root, ["0::/a/b"]));
        Assert.Equal(new TaskReading(40, 30, $"pids.max of {_root}/a"), reading);
        Assert.Equal(10, reading.Room);
    }

    [Fact]
    public void A_cgroup_of_version_1_has_a_folder_for_its_controller()
    {
        Write("pids/x", "20", "19");
        Assert.Equal([new TaskReading(20, 19, $"pids.max of {_root}/pids/x")], TaskReading.OfCgroups(_root, ["5:cpu,cpuacct:/x", "3:pids:/x", "0::/"]));
    }

    [Fact]
    public void In_a_container_that_shows_the_path_of_its_host_the_root_counts()
    {
        Write("", "100", "60");
        Assert.Equal([new TaskReading(100, 60, $"pids.max of {_root}")], TaskReading.OfCgroups(_root, ["0::/docker/1234"]).Select(Trim));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0:")]
    [InlineData("::")]
    [InlineData("0::relative/../../x")]
    public void Lines_of_no_use_name_no_limit(string line) => Assert.Empty(TaskReading.OfCgroups(_root, [line]));

    [LinuxFact("RLIMIT_NPROC and cgroups")]
    public void This_system_is_read_without_a_fault()
    {
        if (TaskReading.OfProcess() is { } reading) Assert.True(reading.Used > 0 && reading.Limit > 0, $"{reading}");
    }

    [Theory]
    [InlineData(1000, 64)]
    [InlineData(200, 64)]
    [InlineData(68, 20)]
    [InlineData(11, 1)]
    [InlineData(8, 1)]
    [InlineData(0, 1)]
    public void Look_ups_take_a_third_of_what_is_left(long room, int lookUps) =>
        Assert.Equal(lookUps, ThreadBudget.LookUpsFor(new TaskReading(room, 0, "")));

    [Theory]
    [InlineData(68, 5, 2, 45)]
    [InlineData(0, 5, 2, 5)]
    [InlineData(0, 1, 8, 8)]
    [InlineData(9, 3, 2, 3)]
    public void The_pool_grows_into_the_rest_and_never_below_what_it_has(long room, int present, int processors, int most) =>
        Assert.Equal(most, ThreadBudget.PoolFor(new TaskReading(room, 0, ""), present, processors));

    private static TaskReading Trim(TaskReading reading) => reading with { Source = reading.Source.TrimEnd('/') };

    private void Write(string folder, string limit, string used)
    {
        string path = Path.Combine(_root, folder);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "pids.max"), limit + "\n");
        File.WriteAllText(Path.Combine(path, "pids.current"), used + "\n");
    }
}
