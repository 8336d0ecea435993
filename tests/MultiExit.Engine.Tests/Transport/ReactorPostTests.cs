using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>Work that other threads hand to a reactor.</summary>
public sealed class ReactorPostTests
{
    private const int Posters = 8;
    private const int Rounds = 20_000;

    [Fact]
    public async Task What_is_posted_at_the_moment_of_waking_is_not_left_lying()
    {
        Assert.SkipUnless(ReactorTransport.IsSupported, "this system has no reactor");
        using Reactor reactor = new("post test");
        await Task.WhenAll(Enumerable.Range(0, Posters).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                await reactor.Yield();
                await Task.Yield(); // back to the pool: the next one comes from another thread again
            }
        }))).WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task What_is_due_runs_before_what_is_posted_and_so_does_what_it_makes_due()
    {
        Assert.SkipUnless(ReactorTransport.IsSupported, "this system has no reactor");
        using Reactor reactor = new("post test");
        List<string> order = [];
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reactor.Post(() =>
        {
            // More than one round takes.
            for (int i = 0; i < 200; i++) reactor.Post(() => order.Add("posted"));
            reactor.Post(done.SetResult);
            reactor.PostDue(() =>
            {
                order.Add("due");
                reactor.PostDue(() => order.Add("due by that"));
            });
        });
        await done.Task.WaitAsync(TestTransports.Patience);
        // A round of posted actions goes on for a few before what is due has its turn.
        Assert.InRange(order.IndexOf("due"), 0, 15);
        Assert.Equal(order.IndexOf("due") + 1, order.IndexOf("due by that"));
    }
}
