using System.Runtime.CompilerServices;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Tests.Inbounds;

public sealed class SuccessionTests
{
    [Fact]
    public void The_first_of_many_knows_the_newest()
    {
        Inbound first = new(), second = new(), third = new();
        Assert.Null(first.Succession.Next);
        first.Replace(second);
        Assert.Same(second, first.Succession.Next!.Inbound);
        Assert.Null(second.Succession.Next);
        second.Replace(third);
        Assert.Same(third, first.Succession.Next!.Inbound);
        Assert.Same(third, second.Succession.Next!.Inbound);
        Assert.Null(third.Succession.Next);
    }

    [Fact]
    public void One_that_takes_the_places_of_two_is_replaced_in_both()
    {
        Inbound one = new(), other = new(), heir = new(), next = new();
        one.Replace(heir);
        other.Replace(heir);
        heir.Replace(next);
        Assert.Same(next, one.Succession.Next!.Inbound);
        Assert.Same(next, other.Succession.Next!.Inbound);
        Assert.Same(next, heir.Succession.Next!.Inbound);
    }

    [Fact]
    public void A_connection_of_the_first_one_does_not_keep_those_between_in_memory()
    {
        Inbound first = new();
        WeakReference[] between = ReplaceOften(first);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.All(between, inbound => Assert.False(inbound.IsAlive));
        Assert.NotNull(first.Succession.Next);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] ReplaceOften(Inbound first)
    {
        Inbound last = first;
        List<WeakReference> between = [];
        for (int i = 0; i < 10; i++)
        {
            Inbound next = new();
            last.Replace(next);
            if (last != first) between.Add(new WeakReference(last));
            last = next;
        }
        return [.. between];
    }

    private sealed class Inbound : IInbound
    {
        public Inbound() => Succession = new Succession(this);

        public Succession Succession { get; }

        public void Replace(Inbound next) => Succession.ReplacedBy(new InboundSuccessor(next, null!, "in", false), next.Succession);

        public ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken) => default;
    }
}
