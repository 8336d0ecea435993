using MultiExit.Engine.Records.Traffic;
using static MultiExit.Engine.Tests.Records.TrafficFolder;

namespace MultiExit.Engine.Tests.Records;

/// <summary>The rows of the history that wait: their number is bounded, and their sums stay right.</summary>
public sealed class TrafficLedgerTests
{
    [Fact]
    public void The_users_behind_the_last_row_of_an_interval_are_one()
    {
        TrafficLedger ledger = new(maxRows: 10);
        for (int i = 0; i < 100; i++)
        {
            ledger.Add(0, Alice with { User = $"user{i}" }, Ended(1));
            // What was written has its row all the same.
            if (i == 5) Assert.Equal(6, ledger.Take().Count);
        }
        ledger.Add(0, Alice with { User = "user3" }, Ended(1));
        IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> rows = ledger.Take();
        Assert.Equal(6, rows.Count);
        Assert.Equal(90, rows[(0, Alice with { User = "(other)" })].BytesUp);
        Assert.Equal(1, rows[(0, Alice with { User = "user3" })].BytesUp);
        ledger.Add(300, Alice with { User = "user99" }, Ended(1));
        Assert.Equal("user99", Assert.Single(ledger.Take()).Key.Key.User);
    }

    [Fact]
    public void Where_too_many_rows_wait_the_oldest_intervals_become_one_and_no_byte_is_lost()
    {
        TrafficLedger ledger = new(maxRows: 10, maxPending: 25);
        for (int i = 0; i < 1000; i++)
        {
            ledger.Add(i * 300, Alice with { User = $"user{i % 7}" }, Ended(1, dialMs: 3));
            ledger.Add(i * 300, Alice with { User = $"other{i}" }, Ended(1));
            if (i % 10 == 0) ledger.PutBack(ledger.Take());
            Assert.InRange(ledger.Count, 0, 25 + 11);
        }
        IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> rows = ledger.Take();
        Assert.Equal(2000, rows.Values.Sum(sum => sum.BytesUp));
        Assert.Equal(1000, rows.Values.Sum(sum => sum.Dials.IsEmpty ? 0 : sum.Dials[2]));
        Assert.Contains(rows.Keys, row => row.Start == 999 * 300);
        Assert.Equal(0, ledger.Count);
    }

    [Fact]
    public void Rows_that_are_given_back_are_added_to_those_that_came_meanwhile()
    {
        TrafficLedger ledger = new();
        ledger.Add(0, Alice, Ended(1, dialMs: 3));
        IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> taken = ledger.Take();
        ledger.Add(0, Alice, Ended(2, dialMs: 3));
        ledger.Add(0, Bob, Ended(4));
        ledger.PutBack(taken);
        IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> rows = ledger.Take();
        Assert.Equal(2, rows.Count);
        Assert.Equal((2L, 3L, 2L), (rows[(0, Alice)].Sessions, rows[(0, Alice)].BytesUp, rows[(0, Alice)].Dials[2]));
    }
}
