import * as z from 'zod/mini';

/**
 * zod compiles schemas with `new Function` where it may, and trying whether it may would violate the content security policy. So this
 * is the first module of all: schemas are made while the others are loaded.
 */
z.config({ jitless: true });
