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
}
