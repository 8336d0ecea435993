using System.Runtime.Versioning;
using System.Text;
using MultiExit.Engine.Files;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "file");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_as_a_whole()
    {
        File.WriteAllText(Target, "a longer text that was there before");
        AtomicFile.Write(Target, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(Target, "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_that_is_there_is_an_error_where_it_must_not_be_replaced()
    {
        File.WriteAllText(Target, "old");
        Assert.Throws<IOException>(() => AtomicFile.Write(Target, stream => stream.Write("new"u8), replace: false));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
    }

    [UnixFact, UnsupportedOSPlatform("windows")]
    public void Only_the_owner_may_read_it_whatever_the_mode_was_before()
    {
        File.WriteAllText(Target, "old");
        File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        AtomicFile.Write(Target, stream => stream.Write("new"u8));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
    }

    [Fact]
    public void Two_at_a_time_do_not_take_each_others_drafts()
    {
        AtomicFile.Write(Target, stream =>
        {
            stream.Write("outer"u8);
            AtomicFile.Write(Target, other => other.Write("inner"u8));
            Assert.Equal("inner", File.ReadAllText(Target));
        });
        Assert.Equal("outer", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_a_killed_process_left_goes_with_the_first_write()
    {
        string left = Target + ".0123.new";
        string fresh = Target + ".4567.new";
        File.WriteAllText(left, "half");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-1));
        File.WriteAllText(fresh, "another process is at it");
        AtomicFile.Write(Target, stream => stream.Write("new"u8));
        Assert.Equal([Target, fresh], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    [LinuxFact("special files are looked at on Linux alone")]
    public void A_pipe_in_the_place_of_the_file_stays()
    {
        Assert.Empty(SmallDisk.Run("mkfifo", Target));
        Assert.Throws<IOException>(() => AtomicFile.Write(Target, stream => stream.Write("new"u8)));
        Assert.Equal(FileKind.Pipe, FileIdentity.Of(Target).Kind);
    }

    [LinuxFact("modes and links of files"), SupportedOSPlatform("linux")]
    public void A_file_that_is_written_as_before_keeps_mode_and_link()
    {
        const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.WriteAllText(Target, "old");
        File.SetUnixFileMode(Target, Shared);
        string link = Path.Combine(_folder.Path, "link");
        File.CreateSymbolicLink(link, Target);
        AtomicFile.WriteAsBefore(link, stream => stream.Write("new"u8));
        Assert.Equal(Target, File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName);
        Assert.Equal(("new", Shared), (File.ReadAllText(Target), File.GetUnixFileMode(Target)));
    }

    [SmallDiskFact, SupportedOSPlatform("linux")]
    public void A_file_that_is_written_as_before_stays_its_owner_s()
    {
        File.WriteAllText(Target, "old");
        Assert.Equal("", SmallDisk.Run("chown", "12345:23456", Target));
        AtomicFile.WriteAsBefore(Target, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(Target));
        // find prints nothing of a file that belongs to somebody else, and test fails.
        Assert.Equal("", SmallDisk.Run("sh", "-c", $"test -n \"$(find '{Target}' -uid 12345 -gid 23456)\""));
    }
}
