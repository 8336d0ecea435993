using System.Runtime.InteropServices;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>Groups of the system, and whose group a file is.</summary>
internal static unsafe partial class UnixGroup
{
    private const int FirstBuffer = 1024, MaxBuffer = 1024 * 1024;
    private const int RangeError = 34; // ERANGE: the buffer is too small for all members
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Gives a file to a group.</summary>
    /// <param name="path">The file; a link is not followed.</param>
    /// <param name="group">The name of the group.</param>
    /// <exception cref="ProxyException">There is no such group, or this process is not in it; the message is one sentence for the operator.</exception>
    public static void Give(string path, string group)
    {
        uint id = Find(group) ?? throw new ProxyException(ProxyError.InvalidConfiguration, $"{path}: this system has no group {group}");
        if (ChangeOwner(path, Unchanged, id) == 0) return;
        throw new ProxyException(ProxyError.PermissionDenied,
            $"{path} cannot be given to the group {group}: {Marshal.GetLastPInvokeErrorMessage()}; the server's user has to be a member of it");
    }

    /// <summary>The number of a group; null: there is none of that name.</summary>
    public static uint? Find(string group)
    {
        for (int size = FirstBuffer; size <= MaxBuffer; size *= 4)
        {
            byte[] buffer = new byte[size];
            fixed (byte* space = buffer)
            {
                GroupEntry entry;
                GroupEntry* found;
                int error = GetGroup(group, &entry, space, (nuint)size, &found);
                if (error == 0) return found is null ? null : entry.Id;
                if (error != RangeError) return null;
            }
        }
        return null;
    }

    // struct group of getgrnam(3).
    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        public byte* Name;
        public byte* Password;
        public uint Id;
        public byte** Members;
    }

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroup(string name, GroupEntry* entry, byte* buffer, nuint size, GroupEntry** found);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
