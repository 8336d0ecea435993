using System.Runtime.Versioning;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Tests.Support;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace MultiExit.Engine.Tests.Diagnostics;

public sealed class LogFileSinkTests : IDisposable
{
    private static readonly DateTimeOffset Noon =
        new(2026, 11, 29, 12, 0, 0, TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 11, 29, 12, 0, 0, DateTimeKind.Local)));

    private readonly TemporaryFolder _folder = new();
    private readonly LogFileSink _sink;

    public LogFileSinkTests() => _sink = Sink(1 << 20);

    private string Today => _folder["mx20261129.log"];

    [Fact]
    public void A_renamed_file_is_left_alone_after_a_reopening()
    {
        Write("one");
        File.Move(Today, _folder["mx.1"]);
        Write("two");
        _sink.Reopen();
        Write("three");
        Assert.Equal("one\ntwo\n", File.ReadAllText(_folder["mx.1"]));
        Assert.Equal("three\n", File.ReadAllText(Today));
    }

    [Fact]
    public void A_file_that_is_cut_in_place_has_no_hole()
    {
        Write(new string('a', 1000));
        File.WriteAllText(Today, "");
        Write("after");
        Assert.Equal("after\n", File.ReadAllText(Today));
    }

    [Fact]
    public void A_day_has_a_file_of_its_own_and_a_clock_that_goes_back_changes_nothing()
    {
        Write("one");
        Write("two", days: 1);
        Write("three");
        Assert.Equal("one\n", File.ReadAllText(Today));
        Assert.Equal("two\nthree\n", File.ReadAllText(_folder["mx20261130.log"]));
    }

    [Fact]
    public void A_full_file_is_followed_by_another_one_and_14_are_kept()
    {
        using LogFileSink sink = Sink(4);
        for (int i = 0; i < 20; i++) sink.Emit(Event($"line{i}", 0));
        Assert.Equal(14, Directory.GetFiles(_folder.Path).Length);
        Assert.Equal("line19\n", File.ReadAllText(_folder["mx20261129_019.log"]));
        Assert.False(File.Exists(_folder["mx20261129_005.log"]));
    }

    [Fact]
    public void A_new_sink_goes_on_behind_what_is_there()
    {
        File.WriteAllText(Today, "before\n");
        Write("after");
        Assert.Equal("before\nafter\n", File.ReadAllText(Today));
    }

    [Fact]
    public void The_files_of_another_log_are_not_counted_or_deleted()
    {
        string other = _folder["mx-access20200101.log"];
        File.WriteAllText(other, "");
        for (int i = 0; i < 20; i++) Write("x", days: i);
        Assert.True(File.Exists(other));
        Assert.Equal(14 + 1, Directory.GetFiles(_folder.Path).Length);
    }

    [UnixFact, UnsupportedOSPlatform("windows")]
    public void A_new_file_is_not_for_everybody()
    {
        Write("one");
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Today) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [SmallDiskFact]
    public void A_message_that_finds_no_room_leaves_no_half_of_itself()
    {
        using SmallDisk disk = new();
        using LogFileSink sink = new(disk["mx.log"], new MessageTemplateTextFormatter("{Message:lj}\n"), 1 << 20);
        sink.Emit(Event("one", 0));
        disk.Fill();
        Assert.Throws<IOException>(() => sink.Emit(Event(new string('a', 10_000), 0)));
        Assert.Equal("one\n", File.ReadAllText(disk["mx20261129.log"]));
        disk.Empty();
        sink.Emit(Event("two", 0));
        Assert.Equal("one\ntwo\n", File.ReadAllText(disk["mx20261129.log"]));
    }

    public void Dispose()
    {
        _sink.Dispose();
        _folder.Dispose();
    }

    private LogFileSink Sink(long maxBytes) => new(_folder["mx.log"], new MessageTemplateTextFormatter("{Message:lj}\n"), maxBytes);

    private void Write(string text, int days = 0) => _sink.Emit(Event(text, days));

    private static LogEvent Event(string text, int days) =>
        new(Noon.AddDays(days), LogEventLevel.Information, null, new MessageTemplateParser().Parse(text), []);
}
