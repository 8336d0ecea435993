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

    [UnixFact]
    public void A_link_in_the_place_of_the_draft_is_not_followed()
    {
        string other = Path.Combine(_folder.Path, "other");
        File.WriteAllText(other, "of somebody else");
        File.CreateSymbolicLink(Target + ".new", other);
        AtomicFile.Write(Target, stream => stream.Write("new"u8));
        Assert.Equal("of somebody else", File.ReadAllText(other));
        Assert.Equal("new", File.ReadAllText(Target, Encoding.UTF8));
    }
}
