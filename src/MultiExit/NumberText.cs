using System.Management.Automation;

namespace MultiExit;

/// <summary>The text of a number in the command before PowerShell read it: <c>1d</c> becomes the decimal number 1, <c>500GB</c> 500 times
/// 2^30.</summary>
internal static class NumberText
{
    /// <summary>The argument without the wrapping of PowerShell; a number that was written in another form than its own digits is returned as it
    /// was written.</summary>
    public static object? Of(object? argument) => argument is not PSObject wrapped ? argument
        : wrapped.BaseObject is ValueType and IConvertible and not Enum and not DateTime and not bool ? TextOf(wrapped) ?? wrapped.BaseObject
        : wrapped.BaseObject;

    // PowerShell keeps the text of a literal beside the number, but no text for a variable or an expression.
    private static string? TextOf(PSObject number) =>
        number.ToString() is { } text && text != LanguagePrimitives.ConvertTo<string>(number.BaseObject) ? text : null;
}
