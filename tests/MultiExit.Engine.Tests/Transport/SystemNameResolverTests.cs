using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

public sealed class SystemNameResolverTests
{
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private readonly ManualTimeProvider _time = new();
    private int _lookUps;

    [Fact]
    public async Task The_system_resolves_localhost_to_loopback()
    {
        NameResult result = await new SystemNameResolver(TimeProvider.System).ResolveAsync("localhost", default).AsTask().WaitAsync(Patience);
        Assert.True(result.Succeeded, result.Failure);
        Assert.All(result.Addresses, address => Assert.True(IPAddress.IsLoopback(address)));
    }

    [Fact]
    public async Task Identical_look_ups_at_the_same_time_are_one()
    {
        TaskCompletionSource<IPAddress[]> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SystemNameResolver resolver = Resolver(_ => answer.Task);
        Task<NameResult>[] waiting = [.. Enumerable.Range(0, 20).Select(i => resolver.ResolveAsync(i % 2 == 0 ? "a.example" : "A.Example", default).AsTask())];
        answer.SetResult([IPAddress.Loopback]);
        NameResult[] results = await Task.WhenAll(waiting).WaitAsync(Patience);
        Assert.All(results, result => Assert.Equal(IPAddress.Loopback, Assert.Single(result.Addresses)));
        Assert.Equal(1, _lookUps);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_end_the_look_up_of_others()
    {
        TaskCompletionSource<IPAddress[]> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SystemNameResolver resolver = Resolver(_ => answer.Task);
        using CancellationTokenSource cancelled = new();
        Task<NameResult> impatient = resolver.ResolveAsync("a.example", cancelled.Token).AsTask();
        Task<NameResult> patient = resolver.ResolveAsync("a.example", default).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient.WaitAsync(Patience));
        answer.SetResult([IPAddress.Loopback]);
        Assert.True((await patient.WaitAsync(Patience)).Succeeded);
    }

    [Fact]
    public async Task A_look_up_that_nobody_waits_for_any_more_is_not_begun_and_can_be_asked_for_again()
    {
        TaskCompletionSource<IPAddress[]> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SystemNameResolver resolver = Resolver(_ => answer.Task);
        // As many as are looked up at a time, by all resolvers of the process.
        Task<NameResult>[] before = [.. Enumerable.Range(0, ThreadBudget.LookUps).Select(i => resolver.ResolveAsync($"n{i}.example", default).AsTask())];
        using CancellationTokenSource cancelled = new();
        Task<NameResult> impatient = resolver.ResolveAsync("late.example", cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient.WaitAsync(Patience));
        answer.SetResult([IPAddress.Loopback]);
        Assert.All(await Task.WhenAll(before).WaitAsync(Patience), result => Assert.True(result.Succeeded));
        Assert.Equal(ThreadBudget.LookUps, _lookUps);
        Assert.True((await resolver.ResolveAsync("late.example", default).AsTask().WaitAsync(Patience)).Succeeded);
        Assert.Equal(ThreadBudget.LookUps + 1, _lookUps);
    }

    [Fact]
    public async Task An_answer_is_kept_for_seconds()
    {
        SystemNameResolver resolver = Resolver(_ => Task.FromResult<IPAddress[]>([IPAddress.Parse("::ffff:192.0.2.1")]));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single((await resolver.ResolveAsync("a.example", default)).Addresses));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        ValueTask<NameResult> again = resolver.ResolveAsync("A.example", default);
        Assert.True(again.IsCompletedSuccessfully);
        await again;
        Assert.Equal(1, _lookUps);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await resolver.ResolveAsync("a.example", default);
        Assert.Equal(2, _lookUps);
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        SystemNameResolver resolver = Resolver(_ => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)));
        NameResult result = await resolver.ResolveAsync("a.example", default);
        Assert.False(result.Succeeded);
        Assert.Contains("a.example", result.Failure, StringComparison.Ordinal);
        await resolver.ResolveAsync("a.example", default);
        Assert.Equal(2, _lookUps);
        Assert.Equal(0, resolver.Count);
    }

    [Fact]
    public async Task The_cache_is_bounded()
    {
        SystemNameResolver resolver = Resolver(_ => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        for (int i = 0; i < SystemNameResolver.Capacity + 10; i++) await resolver.ResolveAsync($"n{i}.example", default);
        Assert.Equal(SystemNameResolver.Capacity, resolver.Count);
        _time.Advance(SystemNameResolver.Lifetime);
        await resolver.ResolveAsync("later.example", default);
        Assert.Equal(1, resolver.Count);
    }

    [Fact]
    public async Task Impossible_names_are_not_asked_for()
    {
        SystemNameResolver resolver = Resolver(_ => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        string label = new('a', 63);
        string longest = string.Join('.', label, label, label, new string('a', 61));
        Assert.Equal(253, longest.Length);
        Assert.True((await resolver.ResolveAsync(longest, default)).Succeeded);
        Assert.True((await resolver.ResolveAsync(longest + ".", default)).Succeeded);
        foreach (string name in (string[])["", ".", "a..b", ".a", label + "a.example", longest + "a"])
            Assert.False((await resolver.ResolveAsync(name, default)).Succeeded, name);
        Assert.Equal(2, _lookUps);
    }

    private SystemNameResolver Resolver(Func<string, Task<IPAddress[]>> lookUp) => new(_time, name =>
    {
        Interlocked.Increment(ref _lookUps);
        return lookUp(name);
    });
}
