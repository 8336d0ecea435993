using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text.Json;

namespace MultiExit;

/// <summary>Makes values of a configuration of what PowerShell has.</summary>
internal static class EditValue
{
    // More than any key takes; an object may hold itself.
    private const int MaxDepth = 16;

    /// <summary>The value of an object.</summary>
    /// <exception cref="ArgumentException">It is or holds null, or is nested without end.</exception>
    public static JsonElement Of(object? value) => JsonSerializer.SerializeToElement(Plain(value, 0));

    /// <summary>The text of a secret.</summary>
    public static string TextOf(SecureString secret) => new NetworkCredential("", secret).Password;

    private static object Plain(object? value, int depth) => value switch
    {
        _ when depth > MaxDepth => throw new ArgumentException($"a value is nested more than {MaxDepth} levels deep"),
        null => throw new ArgumentException("a value is $null; take a key out with -Remove"),
        PSObject { BaseObject: PSCustomObject } custom =>
            custom.Properties.ToDictionary(property => property.Name, property => Plain(property.Value, depth + 1), StringComparer.Ordinal),
        PSObject wrapped => Plain(wrapped.BaseObject, depth),
        string or bool or sbyte or byte or short or ushort or int or uint or long or ulong or decimal or double => value,
        SwitchParameter flag => flag.IsPresent,
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms"),
        SecureString secret => TextOf(secret),
        // Its text would be the name of its type, which would then become a password.
        PSCredential => throw new ArgumentException("a value is a credential, and a key has one text; give its Password"),
        IDictionary map => map.Cast<DictionaryEntry>().ToDictionary(entry => $"{entry.Key}", entry => Plain(entry.Value, depth + 1), StringComparer.Ordinal),
        IEnumerable items => items.Cast<object?>().Select(item => Plain(item, depth + 1)).ToArray(),
        _ => LanguagePrimitives.ConvertTo<string>(value),
    };
}
