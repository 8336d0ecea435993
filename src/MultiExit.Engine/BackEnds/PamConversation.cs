using System.Runtime.InteropServices;

namespace MultiExit.Engine.BackEnds;

/// <summary>Answers what modules of PAM ask: the password to what is not to be seen, the name to what is, nothing to what is only told.</summary>
internal static unsafe class PamConversation
{
    private const int MaxMessages = 32; // PAM_MAX_NUM_MSG
    private const int Success = 0, BufferError = 5, ConversationError = 19;
    private const int EchoOff = 1, EchoOn = 2, ErrorText = 3, InfoText = 4;

    /// <summary>What <c>pam_start</c> gets (<c>struct pam_conv</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Record
    {
        public delegate* unmanaged<int, Message**, Response**, void*, int> Converse;
        public Answers* Data;
    }

    /// <summary>What is answered: C strings, in memory of the caller's that stays until the end.</summary>
    internal struct Answers
    {
        public byte* Name;
        public byte* Password;
    }

    /// <summary>What a module asks (<c>struct pam_message</c>).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        public int Style;
        public byte* Text;
    }

    /// <summary>What it is answered (<c>struct pam_response</c>): PAM frees the array and the texts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Response
    {
        public byte* Text;
        public int Unused;
    }

    /// <summary>The record for <c>pam_start</c>.</summary>
    public static Record For(Answers* answers) => new() { Converse = &Converse, Data = answers };

    [UnmanagedCallersOnly]
    private static int Converse(int count, Message** messages, Response** responses, void* data)
    {
        *responses = null;
        if (count is <= 0 or > MaxMessages) return ConversationError;
        // malloc and calloc, which PAM's free belongs to: on Unix NativeMemory is no more than these.
        Response* all = (Response*)Allocate(count);
        if (all is null) return BufferError;
        Answers* answers = (Answers*)data;
        for (int i = 0; i < count; i++)
        {
            byte* text = null;
            switch (messages[i]->Style)
            {
                case EchoOff: text = Copy(answers->Password); break;
                case EchoOn: text = Copy(answers->Name); break;
                case ErrorText or InfoText: continue;
                default: break;
            }
            if (text is null)
            {
                Free(all, i);
                return ConversationError;
            }
            all[i].Text = text;
        }
        *responses = all;
        return Success;
    }

    private static void* Allocate(int count)
    {
        try
        {
            return NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Response));
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private static byte* Copy(byte* text)
    {
        nuint length = (nuint)MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).Length + 1;
        try
        {
            byte* copy = (byte*)NativeMemory.Alloc(length);
            NativeMemory.Copy(text, copy, length);
            return copy;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private static void Free(Response* all, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (all[i].Text is null) continue;
            NativeMemory.Clear(all[i].Text, (nuint)MemoryMarshal.CreateReadOnlySpanFromNullTerminated(all[i].Text).Length);
            NativeMemory.Free(all[i].Text);
        }
        NativeMemory.Free(all);
    }
}
