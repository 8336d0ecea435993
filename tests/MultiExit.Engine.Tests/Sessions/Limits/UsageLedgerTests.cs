using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Sessions.Limits;

/// <summary>The month of a user, on a clock that begins at 2030-01-01.</summary>
public sealed class UsageLedgerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("mx-usage").FullName;

    private string FilePath => Path.Combine(_folder, "state", "usage.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_used_survives_a_restart()
    {
        UsageLedger before = new(_time);
        Keep(before);
        before.Update([Totals(100)]);
        before.Update([Totals(250)]);
        before.Save();
        UsageLedger after = new(_time);
        Keep(after);
        Assert.Equal(250, after.UsedThisMonth("alice"));
        // The totals of a new server begin at 0.
        after.Update([Totals(5)]);
        Assert.Equal(255, after.UsedThisMonth("alice"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void What_an_exit_has_used_survives_a_restart_and_ends_with_its_month()
    {
        UsageLedger before = new(_time);
        Keep(before);
        before.Update([("lte", 1000)]);
        before.Update([("lte", 1400)]);
        // What it had moved before it was seen here was no part of a quota.
        Assert.Equal((400, 0), (before.UsedThisMonthBy("lte"), before.UsedThisMonth("lte")));
        before.Save();
        UsageLedger after = new(_time);
        Keep(after);
        after.Update([("lte", 0)]);
        after.Update([("lte", 5)]);
        Assert.Equal(405, after.UsedThisMonthBy("lte"));
        _time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, after.UsedThisMonthBy("lte"));
    }

    [Fact]
    public void A_file_without_exits_is_as_it_was_before_exits_had_quotas()
    {
        UsageLedger ledger = new(_time);
        Keep(ledger);
        ledger.Update([Totals(100)]);
        ledger.Save();
        Assert.DoesNotContain("Exits", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void Totals_that_step_back_for_a_moment_are_not_counted_twice()
    {
        UsageLedger ledger = new(_time);
        ledger.Update([Totals(100)]);
        ledger.Update([Totals(40)]);
        ledger.Update([Totals(110)]);
        Assert.Equal(110, ledger.UsedThisMonth("alice"));
    }

    [Fact]
    public void A_new_month_begins_at_nothing()
    {
        UsageLedger ledger = new(_time);
        Keep(ledger);
        ledger.Update([Totals(100)]);
        _time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, ledger.UsedThisMonth("alice"));
        ledger.Update([Totals(130)]);
        Assert.Equal(30, ledger.UsedThisMonth("alice"));
        ledger.Save();
        UsageLedger after = new(_time);
        Keep(after);
        Assert.Equal(30, after.UsedThisMonth("alice"));
    }

    // The clock begins at 2030-01-01.
    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    [InlineData(20_000)]
    [InlineData(-20_000)]
    public void A_clock_that_is_wrong_for_a_while_costs_no_counts(int days)
    {
        UsageLedger ledger = new(_time);
        Keep(ledger);
        ledger.Update([Totals(100)]);
        Pass(ledger, TimeSpan.FromSeconds(2));
        _time.WallOffset = TimeSpan.FromDays(days);
        ledger.Update([Totals(110)]);
        Assert.Equal(110, ledger.UsedThisMonth("alice"));
        Assert.NotNull(ledger.DoubtedMonth);
        Pass(ledger, TimeSpan.FromMinutes(59));
        Assert.Equal(110, ledger.UsedThisMonth("alice"));
        _time.WallOffset = default;
        ledger.Update([Totals(120)]);
        Pass(ledger, TimeSpan.FromHours(2));
        Assert.Equal(120, ledger.UsedThisMonth("alice"));
        Assert.Null(ledger.DoubtedMonth);
        ledger.Save();
        Assert.Equal("2030-01", UsageFile.Load(FilePath).Value!.Month);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    public void A_clock_that_is_wrong_at_the_start_costs_no_counts(int days)
    {
        UsageLedger before = new(_time);
        Keep(before);
        before.Update([Totals(100)]);
        before.Save();
        _time.WallOffset = TimeSpan.FromDays(days);
        UsageLedger after = new(_time);
        Keep(after);
        Assert.Equal(100, after.UsedThisMonth("alice"));
        after.Update([Totals(5)]);
        after.Save();
        Assert.Equal(("2030-01", 105L), (UsageFile.Load(FilePath).Value!.Month, UsageFile.Load(FilePath).Value!.Users["alice"]));
        _time.WallOffset = default;
        Pass(after, TimeSpan.FromHours(2));
        Assert.Equal(105, after.UsedThisMonth("alice"));
    }

    [Theory]
    [InlineData(40, "2030-02", 0)] // the server was not running when the month changed
    [InlineData(-40, "2029-11", 100)] // used bytes stay used
    public void A_change_of_month_without_its_time_counts_once_the_clock_has_run_evenly_for_an_hour(int days, string month, long used)
    {
        UsageLedger before = new(_time);
        Keep(before);
        before.Update([Totals(100)]);
        before.Save();
        _time.WallOffset = TimeSpan.FromDays(days);
        UsageLedger after = new(_time);
        Keep(after);
        Assert.Equal(month, after.DoubtedMonth);
        Pass(after, TimeSpan.FromMinutes(59));
        Assert.Equal(100, after.UsedThisMonth("alice"));
        Pass(after, TimeSpan.FromMinutes(1));
        Assert.Equal(used, after.UsedThisMonth("alice"));
        Assert.Null(after.DoubtedMonth);
        after.Save();
        Assert.Equal(month, UsageFile.Load(FilePath).Value!.Month);
    }

    [Fact]
    public void The_file_is_written_now_and_then_only()
    {
        UsageLedger ledger = new(_time);
        Keep(ledger);
        File.Delete(FilePath);
        ledger.Update([Totals(1)]);
        ledger.SaveIfDue();
        Assert.False(File.Exists(FilePath));
        _time.Advance(TimeSpan.FromSeconds(5));
        ledger.SaveIfDue();
        Assert.True(File.Exists(FilePath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"Month\":null,\"Users\":{}}")]
    [InlineData("{\"Month\":\"2030-01\",\"Users\":{\"alice\":-5}}")]
    [InlineData("{\"Month\":\"2030-01\",\"Users\":{\"alice\":1e99}}")]
    public void A_file_that_is_none_of_ours_is_refused_and_left_alone(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, text);
        ProxyException exception = Assert.Throws<ProxyException>(() => Keep(new UsageLedger(_time)));
        Assert.Contains("is not a usage file", exception.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_turned_bit_is_noticed_and_the_copy_counts()
    {
        UsageLedger ledger = new(_time);
        Keep(ledger);
        ledger.Update([Totals(250)]);
        ledger.Save();
        byte[] good = File.ReadAllBytes(FilePath);
        for (int i = 0; i < good.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. good];
                damaged[i] ^= (byte)(1 << bit);
                File.WriteAllBytes(FilePath, damaged);
                CheckedRecord<UsageFile> record = UsageFile.Load(FilePath);
                Assert.Equal(250, record.Value!.Users["alice"]);
                Assert.Equal(CheckedState.FromCopy, record.State);
            }
        }
    }

    [Fact]
    public void A_file_without_a_checksum_was_written_by_a_person_or_an_earlier_version()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "{ \"Month\": \"2030-01\", \"Users\": { \"alice\": 5 } }");
        Assert.Equal(5, UsageFile.Load(FilePath).Value!.Users["alice"]);
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_said()
    {
        File.WriteAllText(Path.Combine(_folder, "state"), "a file where a folder should be");
        ProxyException exception = Assert.Throws<ProxyException>(() => Keep(new UsageLedger(_time)));
        Assert.Contains("cannot be written", exception.Message, StringComparison.Ordinal);
    }

    private void Pass(UsageLedger ledger, TimeSpan time)
    {
        _time.Advance(time);
        ledger.UsedThisMonth("alice");
    }

    private static UserStatus Totals(long bytes) => new("alice", 1, 1, bytes, 0);

    private void Keep(UsageLedger ledger)
    {
        ledger.KeepIn(FilePath, UsageFile.Load(FilePath).Value);
        ledger.Save();
    }
}
