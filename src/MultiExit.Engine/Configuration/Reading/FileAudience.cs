using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>The users that may read or write a file that holds a secret: root, and one other.</summary>
/// <remarks>With an access list (POSIX.1e draft 17, section 23.1) the group's bits of the mode are the list's mask and say nothing about the
/// group. systemd makes its credentials so: owner root, a list with the service's user, mode 0440.</remarks>
internal static unsafe partial class FileAudience
{
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const uint Root = 0;

    // The extended attribute, little-endian everywhere: version 4 | (tag 2 | permissions 2 | id 4)...
    private const int HeaderLength = 4, EntryLength = 8, MaxLength = HeaderLength + 64 * EntryLength;
    private const uint Version = 2;
    private const ushort ReadOrWrite = 4 | 2;
    private const ushort UserTag = 2, OwningGroupTag = 4, GroupTag = 8, MaskTag = 16;

    // statx(2): the layout is the same on every architecture, unlike that of fstat.
    private const int AtEmptyPath = 0x1000, StatxLength = 256, StatxUserOffset = 20;
    private const uint StatxUser = 0x8;

    /// <summary>Whether no other user may read or write an open file. On Windows the answer is always yes: its access lists are set on the
    /// folder.</summary>
    public static bool IsPrivate(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) return true;
        UnixFileMode mode = File.GetUnixFileMode(file);
        if ((mode & Others) != UnixFileMode.None) return false;
        if ((mode & Group) == UnixFileMode.None) return true;
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> list = stackalloc byte[MaxLength];
        int length = ReadList(file, list);
        return length > 0 && OwnerOf(file) is { } owner && IsForOne(list[..length], owner);
    }

    /// <summary>Whether an access list lets in root and one user at most.</summary>
    /// <param name="list">The extended attribute <c>system.posix_acl_access</c>. Its entry for others is not looked at, since the mode has
    /// it too.</param>
    /// <param name="owner">The file's owner, who may change the list and so counts as one user whatever the list says.</param>
    internal static bool IsForOne(ReadOnlySpan<byte> list, uint owner)
    {
        if (list.Length < HeaderLength || (list.Length - HeaderLength) % EntryLength != 0 || BinaryPrimitives.ReadUInt32LittleEndian(list) != Version)
            return false;
        ushort mask = ReadOrWrite;
        for (ReadOnlySpan<byte> rest = list[HeaderLength..]; !rest.IsEmpty; rest = rest[EntryLength..])
            if (BinaryPrimitives.ReadUInt16LittleEndian(rest) == MaskTag) mask &= BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
        uint only = owner;
        for (ReadOnlySpan<byte> rest = list[HeaderLength..]; !rest.IsEmpty; rest = rest[EntryLength..])
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if ((BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & mask) == 0) continue;
            if (tag is OwningGroupTag or GroupTag) return false;
            uint user = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (tag != UserTag || user == Root) continue;
            if (only != Root && only != user) return false;
            only = user;
        }
        return true;
    }

    // 0 without a list, and for one that is longer than a list for one user can be.
    private static int ReadList(SafeFileHandle file, Span<byte> list)
    {
        fixed (byte* target = list) return (int)Math.Max(0, GetAttribute(file, "system.posix_acl_access", target, list.Length));
    }

    private static uint? OwnerOf(SafeFileHandle file)
    {
        byte* status = stackalloc byte[StatxLength];
        try
        {
            return Statx(file, "", AtEmptyPath, StatxUser, status) == 0 ? *(uint*)(status + StatxUserOffset) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library without it: the file is refused
        }
    }

    [LibraryImport("libc", EntryPoint = "fgetxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(SafeFileHandle file, string name, byte* value, nint length);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle file, string path, int flags, uint mask, byte* status);
}
