//! Where no code and no word tells: what is said in a stream, and the status.

use super::rule::{Rule, code, status};
use crate::words::FailureKind::*;

pub const STATUSES: &[Rule] = &[
    // what tells only in a stream, where there is no status
    code(&["permission_error", "permission_denied"], Permission).when(&[200]),
    code(&["not_found", "resource_not_found_error"], ModelNotFound).when(&[200]),
    code(
        &[
            "invalid_prompt",
            "unprocessable",
            "precondition_failed",
            "invalid_image",
            "invalid_image_format",
            "invalid_base64_image",
            "invalid_image_url",
            "invalid_image_mode",
            "image_too_large",
            "image_too_small",
            "image_file_too_large",
            "image_parse_error",
            "image_file_not_found",
            "image_not_found",
            "empty_image_file",
            "failed_to_download_image",
            "image_download_failed",
        ],
        InvalidRequest,
    )
    // an image that is not there is no model that is not there
    .when(&[200, 404]),
    code(&["invalid_request_error", "invalid_request"], InvalidRequest).when(&[200, 500]),
    code(
        &["server_error", "api_error", "internal_error", "server", "provider_unavailable", "INTERNAL"],
        Server,
    )
    .when(&[200, 500, 502, 503, 504]),
    status(&[401, 407], Auth),
    status(&[402], Quota),
    status(&[403, 451], Permission),
    status(&[404, 410], ModelNotFound),
    status(&[413], TooLarge),
    status(&[429], RateLimited),
    status(&[498, 503, 529], Overloaded),
    status(&[408, 504, 524], FirstTokenTimeout),
    status(&[501], Unsupported),
    // the endpoint's trouble, or one that passes; not the request's
    status(&[405, 409, 421, 423, 424, 425, 426, 499], Server),
    status(&[400, 406, 411, 412, 415, 422], InvalidRequest),
];
